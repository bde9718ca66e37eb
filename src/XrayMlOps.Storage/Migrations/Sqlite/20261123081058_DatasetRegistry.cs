using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace XrayMlOps.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class DatasetRegistry : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Rows of before lack what decoding tells of a film, which no default can stand for. They only say which blobs need not be uploaded
            // again: a push uploads those films once more, and what a version names is read from its manifest.
            migrationBuilder.Sql("DELETE FROM Images;");

            // SQLite adds a foreign key or changes a primary key by copying the table, which EF does outside of a transaction: a kill in between would
            // leave half a migration. Written like this all of it is one transaction.
            migrationBuilder.Sql("ALTER TABLE DatasetVersions ADD COLUMN BaseId INTEGER NULL CONSTRAINT FK_DatasetVersions_DatasetVersions_BaseId REFERENCES DatasetVersions (Id) ON DELETE RESTRICT;");
            migrationBuilder.Sql("ALTER TABLE DatasetVersions ADD COLUMN FrozenTestId INTEGER NULL CONSTRAINT FK_DatasetVersions_DatasetVersions_FrozenTestId REFERENCES DatasetVersions (Id) ON DELETE RESTRICT;");

            migrationBuilder.RenameTable(name: "PackedDatasets", newName: "UnshardedDatasets");
            migrationBuilder.CreateTable(
                name: "PackedDatasets",
                columns: table => new
                {
                    ManifestDigest = table.Column<string>(type: "TEXT", nullable: false),
                    PreprocessingHash = table.Column<string>(type: "TEXT", nullable: false),
                    Shard = table.Column<int>(type: "INTEGER", nullable: false),
                    BlobDigest = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PackedDatasets", x => new { x.ManifestDigest, x.PreprocessingHash, x.Shard });
                });
            migrationBuilder.Sql("INSERT INTO PackedDatasets (ManifestDigest, PreprocessingHash, Shard, BlobDigest) SELECT ManifestDigest, PreprocessingHash, 0, BlobDigest FROM UnshardedDatasets;");
            migrationBuilder.DropTable(name: "UnshardedDatasets");

            migrationBuilder.AddColumn<double>(
                name: "Deviation",
                table: "Images",
                type: "REAL",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.AddColumn<double>(
                name: "Mean",
                table: "Images",
                type: "REAL",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.AddColumn<string>(
                name: "PerceptualHash",
                table: "Images",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<byte[]>(
                name: "Thumbnail",
                table: "Images",
                type: "BLOB",
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.AddColumn<long>(
                name: "DeletedAt",
                table: "DatasetVersions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "DeletedBy",
                table: "DatasetVersions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "DeletedReason",
                table: "DatasetVersions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Note",
                table: "DatasetVersions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ReportDigest",
                table: "DatasetVersions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "BlobPins",
                columns: table => new
                {
                    Digest = table.Column<string>(type: "TEXT", nullable: false),
                    Until = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BlobPins", x => x.Digest);
                });

            migrationBuilder.CreateTable(
                name: "DatasetTags",
                columns: table => new
                {
                    DatasetName = table.Column<string>(type: "TEXT", nullable: false),
                    Tag = table.Column<string>(type: "TEXT", nullable: false),
                    VersionId = table.Column<int>(type: "INTEGER", nullable: false),
                    MovedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DatasetTags", x => new { x.DatasetName, x.Tag });
                    table.ForeignKey(
                        name: "FK_DatasetTags_DatasetVersions_VersionId",
                        column: x => x.VersionId,
                        principalTable: "DatasetVersions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_DatasetVersions_BaseId",
                table: "DatasetVersions",
                column: "BaseId");

            migrationBuilder.CreateIndex(
                name: "IX_DatasetVersions_FrozenTestId",
                table: "DatasetVersions",
                column: "FrozenTestId");

            migrationBuilder.CreateIndex(
                name: "IX_BlobPins_Until",
                table: "BlobPins",
                column: "Until");

            migrationBuilder.CreateIndex(
                name: "IX_DatasetTags_VersionId",
                table: "DatasetTags",
                column: "VersionId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_DatasetVersions_DatasetVersions_BaseId",
                table: "DatasetVersions");

            migrationBuilder.DropForeignKey(
                name: "FK_DatasetVersions_DatasetVersions_FrozenTestId",
                table: "DatasetVersions");

            migrationBuilder.DropTable(
                name: "BlobPins");

            migrationBuilder.DropTable(
                name: "DatasetTags");

            migrationBuilder.DropPrimaryKey(
                name: "PK_PackedDatasets",
                table: "PackedDatasets");

            migrationBuilder.DropIndex(
                name: "IX_DatasetVersions_BaseId",
                table: "DatasetVersions");

            migrationBuilder.DropIndex(
                name: "IX_DatasetVersions_FrozenTestId",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "Shard",
                table: "PackedDatasets");

            migrationBuilder.DropColumn(
                name: "Deviation",
                table: "Images");

            migrationBuilder.DropColumn(
                name: "Mean",
                table: "Images");

            migrationBuilder.DropColumn(
                name: "PerceptualHash",
                table: "Images");

            migrationBuilder.DropColumn(
                name: "Thumbnail",
                table: "Images");

            migrationBuilder.DropColumn(
                name: "BaseId",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "DeletedAt",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "DeletedBy",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "DeletedReason",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "FrozenTestId",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "Note",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "ReportDigest",
                table: "DatasetVersions");

            migrationBuilder.AddPrimaryKey(
                name: "PK_PackedDatasets",
                table: "PackedDatasets",
                columns: new[] { "ManifestDigest", "PreprocessingHash" });
        }
    }
}
