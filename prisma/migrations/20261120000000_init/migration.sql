-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- Names and addresses of people are equal whatever their case.
CREATE EXTENSION IF NOT EXISTS citext;

-- CreateEnum
CREATE TYPE "image_format" AS ENUM ('jpeg', 'png', 'webp', 'gif', 'avif');

-- CreateEnum
CREATE TYPE "action_verb" AS ENUM ('user_joined', 'image_bookmarked', 'image_liked', 'user_followed');

-- CreateEnum
CREATE TYPE "action_target" AS ENUM ('user', 'image');

-- CreateTable
CREATE TABLE "users" (
    "id" SERIAL NOT NULL,
    "username" CITEXT NOT NULL,
    "email" CITEXT NOT NULL,
    "password_hash" TEXT,
    "first_name" VARCHAR(150) NOT NULL DEFAULT '',
    "last_name" VARCHAR(150) NOT NULL DEFAULT '',
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "is_staff" BOOLEAN NOT NULL DEFAULT false,
    "is_superuser" BOOLEAN NOT NULL DEFAULT false,
    "joined_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_sign_in_at" TIMESTAMPTZ(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "profiles" (
    "user_id" INTEGER NOT NULL,
    "date_of_birth" DATE,
    "bio" TEXT NOT NULL DEFAULT '',
    "photo" TEXT,
    "followers_count" INTEGER NOT NULL DEFAULT 0,
    "following_count" INTEGER NOT NULL DEFAULT 0,
    "images_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "profiles_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "contacts" (
    "from_id" INTEGER NOT NULL,
    "to_id" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contacts_pkey" PRIMARY KEY ("from_id","to_id")
);

-- CreateTable
CREATE TABLE "images" (
    "id" SERIAL NOT NULL,
    "owner_id" INTEGER NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "slug" VARCHAR(200) NOT NULL,
    "source_url" VARCHAR(2048),
    "page_url" VARCHAR(2048),
    "description" TEXT NOT NULL DEFAULT '',
    "storage_key" VARCHAR(200) NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "bytes" INTEGER NOT NULL,
    "format" "image_format" NOT NULL,
    "is_animated" BOOLEAN NOT NULL DEFAULT false,
    "dominant_colour" CHAR(7) NOT NULL,
    "perceptual_hash" BIGINT NOT NULL,
    "total_likes" INTEGER NOT NULL DEFAULT 0,
    "total_views" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "images_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "likes" (
    "user_id" INTEGER NOT NULL,
    "image_id" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "likes_pkey" PRIMARY KEY ("user_id","image_id")
);

-- CreateTable
CREATE TABLE "actions" (
    "id" BIGSERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "verb" "action_verb" NOT NULL,
    "target_type" "action_target" NOT NULL,
    "target_id" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "actions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "image_daily_views" (
    "image_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "views" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "image_daily_views_pkey" PRIMARY KEY ("image_id","day")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" INTEGER NOT NULL,
    "user_agent" VARCHAR(400) NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_store" (
    "sid" VARCHAR NOT NULL,
    "sess" JSON NOT NULL,
    "expire" TIMESTAMP(6) NOT NULL,

    CONSTRAINT "session_store_pkey" PRIMARY KEY ("sid")
);

-- CreateTable
CREATE TABLE "site" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "storage_id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "seeded_at" TIMESTAMPTZ(3),

    CONSTRAINT "site_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "users_joined_at_id_idx" ON "users"("joined_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "contacts_from_id_created_at_to_id_idx" ON "contacts"("from_id", "created_at" DESC, "to_id" DESC);

-- CreateIndex
CREATE INDEX "contacts_to_id_created_at_from_id_idx" ON "contacts"("to_id", "created_at" DESC, "from_id" DESC);

-- CreateIndex
CREATE INDEX "images_created_at_id_idx" ON "images"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "images_total_likes_id_idx" ON "images"("total_likes" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "images_total_views_id_idx" ON "images"("total_views" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "images_owner_id_created_at_id_idx" ON "images"("owner_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "images_sha256_idx" ON "images"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "images_owner_id_sha256_key" ON "images"("owner_id", "sha256");

-- CreateIndex
CREATE INDEX "likes_image_id_created_at_user_id_idx" ON "likes"("image_id", "created_at" DESC, "user_id" DESC);

-- CreateIndex
CREATE INDEX "actions_user_id_created_at_id_idx" ON "actions"("user_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "actions_created_at_id_idx" ON "actions"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "actions_target_type_target_id_idx" ON "actions"("target_type", "target_id");

-- CreateIndex
CREATE INDEX "image_daily_views_day_views_idx" ON "image_daily_views"("day", "views" DESC);

-- CreateIndex
CREATE INDEX "sessions_user_id_last_seen_at_idx" ON "sessions"("user_id", "last_seen_at" DESC);

-- CreateIndex
CREATE INDEX "sessions_last_seen_at_idx" ON "sessions"("last_seen_at");

-- CreateIndex
CREATE INDEX "session_store_expire_idx" ON "session_store"("expire");

-- CreateIndex
CREATE INDEX "rate_limits_expire_idx" ON "rate_limits"("expire");

-- AddForeignKey
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_from_id_fkey" FOREIGN KEY ("from_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_to_id_fkey" FOREIGN KEY ("to_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "images" ADD CONSTRAINT "images_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "likes" ADD CONSTRAINT "likes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "likes" ADD CONSTRAINT "likes_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "actions" ADD CONSTRAINT "actions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "image_daily_views" ADD CONSTRAINT "image_daily_views_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Rules that schema.prisma cannot say. All of them are named in tests/prisma/migrations.test.ts
ALTER TABLE "users"
  ADD CONSTRAINT "users_username_check" CHECK ("username" ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,49}$'),
  ADD CONSTRAINT "users_email_check" CHECK ("email" ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length("email") <= 254);

ALTER TABLE "profiles"
  ADD CONSTRAINT "profiles_bio_check" CHECK (length("bio") <= 2000),
  ADD CONSTRAINT "profiles_counts_check" CHECK ("followers_count" >= 0 AND "following_count" >= 0 AND "images_count" >= 0);

ALTER TABLE "contacts"
  ADD CONSTRAINT "contacts_not_oneself_check" CHECK ("from_id" <> "to_id");

ALTER TABLE "images"
  ADD CONSTRAINT "images_title_check" CHECK (length("title") >= 1),
  ADD CONSTRAINT "images_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  ADD CONSTRAINT "images_source_url_check" CHECK ("source_url" ~ '^https?://'),
  ADD CONSTRAINT "images_page_url_check" CHECK ("page_url" ~ '^https?://'),
  ADD CONSTRAINT "images_description_check" CHECK (length("description") <= 5000),
  ADD CONSTRAINT "images_sha256_check" CHECK ("sha256" ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT "images_size_check" CHECK ("width" > 0 AND "height" > 0 AND "bytes" > 0),
  ADD CONSTRAINT "images_dominant_colour_check" CHECK ("dominant_colour" ~ '^#[0-9a-f]{6}$'),
  ADD CONSTRAINT "images_totals_check" CHECK ("total_likes" >= 0 AND "total_views" >= 0);

ALTER TABLE "image_daily_views"
  ADD CONSTRAINT "image_daily_views_views_check" CHECK ("views" >= 0);

ALTER TABLE "site"
  ADD CONSTRAINT "site_single_check" CHECK ("id" = 1);

INSERT INTO "site" DEFAULT VALUES;
