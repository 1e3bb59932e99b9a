-- CreateEnum
CREATE TYPE "admin_change_kind" AS ENUM ('added', 'changed', 'deleted');

-- DropIndex
DROP INDEX "sessions_last_seen_at_idx";

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "webauthn_id" VARCHAR(86);

-- CreateTable
CREATE TABLE "authenticators" (
    "user_id" INTEGER NOT NULL,
    "secret" VARCHAR(64) NOT NULL,
    "last_step" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "authenticators_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "recovery_codes" (
    "user_id" INTEGER NOT NULL,
    "code_hash" CHAR(64) NOT NULL,

    CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("user_id","code_hash")
);

-- CreateTable
CREATE TABLE "passkeys" (
    "id" VARCHAR(1400) NOT NULL,
    "user_id" INTEGER NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "public_key" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL DEFAULT 0,
    "transports" TEXT[],
    "is_backed_up" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "passkeys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oidc_identities" (
    "issuer" VARCHAR(500) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "user_id" INTEGER NOT NULL,
    "label" VARCHAR(254) NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "oidc_identities_pkey" PRIMARY KEY ("issuer","subject")
);

-- CreateTable
CREATE TABLE "groups" (
    "id" SERIAL NOT NULL,
    "name" CITEXT NOT NULL,

    CONSTRAINT "groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "group_members" (
    "group_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,

    CONSTRAINT "group_members_pkey" PRIMARY KEY ("group_id","user_id")
);

-- CreateTable
CREATE TABLE "group_rights" (
    "group_id" INTEGER NOT NULL,
    "model" VARCHAR(40) NOT NULL,
    "can_view" BOOLEAN NOT NULL DEFAULT false,
    "can_add" BOOLEAN NOT NULL DEFAULT false,
    "can_change" BOOLEAN NOT NULL DEFAULT false,
    "can_delete" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "group_rights_pkey" PRIMARY KEY ("group_id","model")
);

-- CreateTable
CREATE TABLE "admin_changes" (
    "id" BIGSERIAL NOT NULL,
    "actor_id" INTEGER,
    "actor_name" VARCHAR(50) NOT NULL,
    "model" VARCHAR(40) NOT NULL,
    "object_id" VARCHAR(100) NOT NULL,
    "object_label" VARCHAR(300) NOT NULL,
    "kind" "admin_change_kind" NOT NULL,
    "changes" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "admin_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "passkeys_user_id_created_at_idx" ON "passkeys"("user_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "oidc_identities_user_id_issuer_key" ON "oidc_identities"("user_id", "issuer");

-- CreateIndex
CREATE UNIQUE INDEX "groups_name_key" ON "groups"("name");

-- CreateIndex
CREATE INDEX "group_members_user_id_idx" ON "group_members"("user_id");

-- CreateIndex
CREATE INDEX "admin_changes_model_object_id_id_idx" ON "admin_changes"("model", "object_id", "id" DESC);

-- CreateIndex
CREATE INDEX "admin_changes_actor_id_id_idx" ON "admin_changes"("actor_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "users_webauthn_id_key" ON "users"("webauthn_id");

-- CreateIndex
CREATE INDEX "profiles_photo_idx" ON "profiles"("photo");

-- CreateIndex
CREATE INDEX "contacts_created_at_from_id_to_id_idx" ON "contacts"("created_at" DESC, "from_id" DESC, "to_id" DESC);

-- CreateIndex
CREATE INDEX "images_title_id_idx" ON "images"("title", "id");

-- CreateIndex
CREATE INDEX "likes_created_at_user_id_image_id_idx" ON "likes"("created_at" DESC, "user_id" DESC, "image_id" DESC);

-- CreateIndex
CREATE INDEX "sessions_last_seen_at_id_idx" ON "sessions"("last_seen_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "authenticators" ADD CONSTRAINT "authenticators_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oidc_identities" ADD CONSTRAINT "oidc_identities_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_rights" ADD CONSTRAINT "group_rights_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "admin_changes" ADD CONSTRAINT "admin_changes_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What schema.prisma cannot say. All of it is named in tests/prisma/migrations.test.ts
ALTER TABLE "groups"
  ADD CONSTRAINT "groups_name_check" CHECK (length("name") BETWEEN 1 AND 100);

-- Administrators search for any part of a name, a title or an address.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE INDEX "users_search_idx" ON "users"
  USING gin ((("username"::text || ' ' || "email"::text || ' ' || "first_name" || ' ' || "last_name")) gin_trgm_ops);

CREATE INDEX "images_search_idx" ON "images"
  USING gin ((("title" || ' ' || coalesce("page_url", '') || ' ' || coalesce("source_url", ''))) gin_trgm_ops);

-- Who never signed in stands at the end of a list by last sign-in.
CREATE INDEX "users_last_sign_in_idx" ON "users" ((coalesce("last_sign_in_at", '-infinity'::timestamptz)), "id");
