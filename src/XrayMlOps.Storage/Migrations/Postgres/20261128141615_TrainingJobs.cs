using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace XrayMlOps.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class TrainingJobs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "AccountedTo",
                table: "Schedules",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "EndsAt",
                table: "Schedules",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Missed",
                table: "Schedules",
                type: "text",
                nullable: false,
                defaultValue: "RunOnce");

            migrationBuilder.AddColumn<string>(
                name: "Need",
                table: "Schedules",
                type: "text",
                nullable: false,
                defaultValue: "Any");

            migrationBuilder.AddColumn<bool>(
                name: "OnlyNewData",
                table: "Schedules",
                type: "boolean",
                nullable: false,
                defaultValue: true);

            migrationBuilder.AddColumn<bool>(
                name: "Paused",
                table: "Schedules",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Result",
                table: "Schedules",
                type: "text",
                nullable: false,
                defaultValue: "Challenger");

            migrationBuilder.AddColumn<long>(
                name: "StartsAt",
                table: "Schedules",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "BatchSize",
                table: "Runs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "Continues",
                table: "Runs",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "EnqueuedAt",
                table: "Runs",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Environment",
                table: "Runs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "EpochsAsked",
                table: "Runs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "EpochsDone",
                table: "Runs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Experiment",
                table: "Runs",
                type: "text",
                nullable: false,
                defaultValue: "default",
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "JobId",
                table: "Runs",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<double>(
                name: "LearningRate",
                table: "Runs",
                type: "double precision",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.AddColumn<string>(
                name: "Limits",
                table: "Runs",
                type: "text",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<string>(
                name: "Need",
                table: "Runs",
                type: "text",
                nullable: false,
                defaultValue: "Any");

            migrationBuilder.AddColumn<int>(
                name: "Repeats",
                table: "Runs",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Rung",
                table: "Runs",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Seed",
                table: "Runs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "SweepId",
                table: "Runs",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "TestAccuracy",
                table: "Runs",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "TestLoss",
                table: "Runs",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ThreadsAsked",
                table: "Runs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "Trial",
                table: "Runs",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ValidationAccuracy",
                table: "Runs",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ValidationLoss",
                table: "Runs",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Warning",
                table: "Runs",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "WeightsDigest",
                table: "Runs",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<long>(
                name: "DeviceMemoryBytes",
                table: "RunEpochs",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "MemoryBytes",
                table: "RunEpochs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "RunLog",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    RunId = table.Column<int>(type: "integer", nullable: false),
                    Text = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RunLog", x => x.Id);
                    table.ForeignKey(
                        name: "FK_RunLog_Runs_RunId",
                        column: x => x.RunId,
                        principalTable: "Runs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "RunTags",
                columns: table => new
                {
                    RunId = table.Column<int>(type: "integer", nullable: false),
                    Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Value = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RunTags", x => new { x.RunId, x.Key });
                    table.ForeignKey(
                        name: "FK_RunTags_Runs_RunId",
                        column: x => x.RunId,
                        principalTable: "Runs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ScheduleFirings",
                columns: table => new
                {
                    ScheduleName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    DueAt = table.Column<long>(type: "bigint", nullable: false),
                    FiredAt = table.Column<long>(type: "bigint", nullable: false),
                    Outcome = table.Column<string>(type: "text", nullable: false),
                    Detail = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RunId = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ScheduleFirings", x => new { x.ScheduleName, x.DueAt });
                    table.ForeignKey(
                        name: "FK_ScheduleFirings_Schedules_ScheduleName",
                        column: x => x.ScheduleName,
                        principalTable: "Schedules",
                        principalColumn: "Name",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Sweeps",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<string>(type: "text", nullable: false),
                    Spec = table.Column<string>(type: "text", nullable: false),
                    DatasetVersionId = table.Column<int>(type: "integer", nullable: false),
                    Experiment = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Need = table.Column<string>(type: "text", nullable: false),
                    GitCommit = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Sweeps", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Sweeps_DatasetVersions_DatasetVersionId",
                        column: x => x.DatasetVersionId,
                        principalTable: "DatasetVersions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            // What runs are searched and sorted by, from what they were asked for and what they came to; no due time of before counts as missed.
            migrationBuilder.Sql("""
                UPDATE "Runs" SET
                    "EpochsAsked" = ("Recipe"::jsonb #>> '{epochs}')::integer,
                    "BatchSize" = ("Recipe"::jsonb #>> '{batchSize}')::integer,
                    "LearningRate" = ("Recipe"::jsonb #>> '{learningRate}')::double precision,
                    "Seed" = ("Recipe"::jsonb #>> '{seed}')::integer,
                    "TestLoss" = ("Evaluation"::jsonb #>> '{test,logLoss}')::double precision,
                    "TestAccuracy" = ("Evaluation"::jsonb #>> '{test,accuracy}')::double precision,
                    "EpochsDone" = (SELECT COUNT(*) FROM "RunEpochs" e WHERE e."RunId" = "Runs"."Id"),
                    "ValidationLoss" = (SELECT e."ValidationLoss" FROM "RunEpochs" e WHERE e."RunId" = "Runs"."Id" ORDER BY e."ValidationLoss", e."Epoch" LIMIT 1),
                    "ValidationAccuracy" = (SELECT e."ValidationAccuracy" FROM "RunEpochs" e WHERE e."RunId" = "Runs"."Id" ORDER BY e."ValidationLoss", e."Epoch" LIMIT 1);
                """);
            migrationBuilder.Sql("""
                UPDATE "Schedules" SET "AccountedTo" = (extract(epoch FROM now()) * 10000000)::bigint + 621355968000000000;
                """);

            // Searches read runs row by row: what is only shown goes out of line as soon as a row is long.
            migrationBuilder.Sql("""ALTER TABLE "Runs" SET (toast_tuple_target = 256);""");

            migrationBuilder.CreateIndex(
                name: "IX_Runs_ArchitectureName_Id",
                table: "Runs",
                columns: new[] { "ArchitectureName", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_Experiment_Id_State_ValidationAccuracy_CreatedAt",
                table: "Runs",
                columns: new[] { "Experiment", "Id", "State", "ValidationAccuracy", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_SweepId_Trial_Rung",
                table: "Runs",
                columns: new[] { "SweepId", "Trial", "Rung" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_TestAccuracy_Id",
                table: "Runs",
                columns: new[] { "TestAccuracy", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_TestLoss_Id",
                table: "Runs",
                columns: new[] { "TestLoss", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_ValidationAccuracy_Id",
                table: "Runs",
                columns: new[] { "ValidationAccuracy", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_ValidationLoss_Id",
                table: "Runs",
                columns: new[] { "ValidationLoss", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_RunLog_RunId_Id",
                table: "RunLog",
                columns: new[] { "RunId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_RunTags_Key_Value_RunId",
                table: "RunTags",
                columns: new[] { "Key", "Value", "RunId" });

            migrationBuilder.CreateIndex(
                name: "IX_Sweeps_DatasetVersionId",
                table: "Sweeps",
                column: "DatasetVersionId");

            migrationBuilder.CreateIndex(
                name: "IX_Sweeps_State",
                table: "Sweeps",
                column: "State");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "RunLog");

            migrationBuilder.DropTable(
                name: "RunTags");

            migrationBuilder.DropTable(
                name: "ScheduleFirings");

            migrationBuilder.DropTable(
                name: "Sweeps");

            migrationBuilder.DropIndex(
                name: "IX_Runs_ArchitectureName_Id",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_Experiment_Id_State_ValidationAccuracy_CreatedAt",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_SweepId_Trial_Rung",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_TestAccuracy_Id",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_TestLoss_Id",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_ValidationAccuracy_Id",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_ValidationLoss_Id",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "AccountedTo",
                table: "Schedules");

            migrationBuilder.DropColumn(
                name: "EndsAt",
                table: "Schedules");

            migrationBuilder.DropColumn(
                name: "Missed",
                table: "Schedules");

            migrationBuilder.DropColumn(
                name: "Need",
                table: "Schedules");

            migrationBuilder.DropColumn(
                name: "OnlyNewData",
                table: "Schedules");

            migrationBuilder.DropColumn(
                name: "Paused",
                table: "Schedules");

            migrationBuilder.DropColumn(
                name: "Result",
                table: "Schedules");

            migrationBuilder.DropColumn(
                name: "StartsAt",
                table: "Schedules");

            migrationBuilder.DropColumn(
                name: "BatchSize",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Continues",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "EnqueuedAt",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Environment",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "EpochsAsked",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "EpochsDone",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Experiment",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "JobId",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "LearningRate",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Limits",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Need",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Repeats",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Rung",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Seed",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "SweepId",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "TestAccuracy",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "TestLoss",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "ThreadsAsked",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Trial",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "ValidationAccuracy",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "ValidationLoss",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Warning",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "WeightsDigest",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "DeviceMemoryBytes",
                table: "RunEpochs");

            migrationBuilder.DropColumn(
                name: "MemoryBytes",
                table: "RunEpochs");
        }
    }
}
