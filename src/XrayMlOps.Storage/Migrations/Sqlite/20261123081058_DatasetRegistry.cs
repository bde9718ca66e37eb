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

            migrationBuilder.DropPrimaryKey(
                name: "PK_PackedDatasets",
                table: "PackedDatasets");

            migrationBuilder.AddColumn<int>(
                name: "Shard",
                table: "PackedDatasets",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

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

            migrationBuilder.AddColumn<int>(
                name: "BaseId",
                table: "DatasetVersions",
                type: "INTEGER",
                nullable: true);

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

            migrationBuilder.AddColumn<int>(
                name: "FrozenTestId",
                table: "DatasetVersions",
                type: "INTEGER",
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

            migrationBuilder.AddPrimaryKey(
                name: "PK_PackedDatasets",
                table: "PackedDatasets",
                columns: new[] { "ManifestDigest", "PreprocessingHash", "Shard" });

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

            migrationBuilder.AddForeignKey(
                name: "FK_DatasetVersions_DatasetVersions_BaseId",
                table: "DatasetVersions",
                column: "BaseId",
                principalTable: "DatasetVersions",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "FK_DatasetVersions_DatasetVersions_FrozenTestId",
                table: "DatasetVersions",
                column: "FrozenTestId",
                principalTable: "DatasetVersions",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);
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
