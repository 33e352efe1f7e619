-- CreateTable
CREATE TABLE "refused_sign_ins" (
    "id" UUID NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "account" TEXT NOT NULL,
    "network" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "refused_sign_ins_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "refused_sign_ins_minute_account_network_key" ON "refused_sign_ins"("minute", "account", "network");
