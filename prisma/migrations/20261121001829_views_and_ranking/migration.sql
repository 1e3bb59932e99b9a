-- DropIndex
DROP INDEX "image_daily_views_day_views_idx";

-- CreateTable
CREATE TABLE "view_marks" (
    "visitor" VARCHAR(64) NOT NULL,
    "image_id" INTEGER NOT NULL,
    "counted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "view_marks_pkey" PRIMARY KEY ("visitor","image_id")
);

-- CreateTable
CREATE TABLE "view_batches" (
    "id" UUID NOT NULL,
    "applied_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "view_batches_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "view_marks_counted_at_idx" ON "view_marks"("counted_at");

-- CreateIndex
CREATE INDEX "view_batches_applied_at_idx" ON "view_batches"("applied_at");

-- CreateIndex
CREATE INDEX "image_daily_views_day_views_image_id_idx" ON "image_daily_views"("day", "views" DESC, "image_id" DESC);

-- CreateIndex
CREATE INDEX "profiles_followers_count_user_id_idx" ON "profiles"("followers_count" DESC, "user_id" DESC);
