-- DropIndex
DROP INDEX "images_title_id_idx";

-- Administrators find apples before Zebras: in the embedded database text is in the order of its bytes.
CREATE INDEX "images_title_idx" ON "images" (lower("title"), "id");
