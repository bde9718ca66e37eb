using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace XrayMlOps.Storage.Migrations.Sqlite
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
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "EndsAt",
                table: "Schedules",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Missed",
                table: "Schedules",
                type: "TEXT",
                nullable: false,
                defaultValue: "RunOnce");

            migrationBuilder.AddColumn<string>(
                name: "Need",
                table: "Schedules",
                type: "TEXT",
                nullable: false,
                defaultValue: "Any");

            migrationBuilder.AddColumn<bool>(
                name: "OnlyNewData",
                table: "Schedules",
                type: "INTEGER",
                nullable: false,
                defaultValue: true);

            migrationBuilder.AddColumn<bool>(
                name: "Paused",
                table: "Schedules",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Result",
                table: "Schedules",
                type: "TEXT",
                nullable: false,
                defaultValue: "Challenger");

            migrationBuilder.AddColumn<long>(
                name: "StartsAt",
                table: "Schedules",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "BatchSize",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "Continues",
                table: "Runs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "EnqueuedAt",
                table: "Runs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Environment",
                table: "Runs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "EpochsAsked",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "EpochsDone",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Experiment",
                table: "Runs",
                type: "TEXT",
                nullable: false,
                defaultValue: "default");

            migrationBuilder.AddColumn<string>(
                name: "JobId",
                table: "Runs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "LearningRate",
                table: "Runs",
                type: "REAL",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.AddColumn<string>(
                name: "Limits",
                table: "Runs",
                type: "TEXT",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<string>(
                name: "Need",
                table: "Runs",
                type: "TEXT",
                nullable: false,
                defaultValue: "Any");

            migrationBuilder.AddColumn<int>(
                name: "Repeats",
                table: "Runs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Rung",
                table: "Runs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Seed",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "SweepId",
                table: "Runs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "TestAccuracy",
                table: "Runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "TestLoss",
                table: "Runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ThreadsAsked",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "Trial",
                table: "Runs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ValidationAccuracy",
                table: "Runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ValidationLoss",
                table: "Runs",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Warning",
                table: "Runs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "WeightsDigest",
                table: "Runs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "DeviceMemoryBytes",
                table: "RunEpochs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "MemoryBytes",
                table: "RunEpochs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "RunLog",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    RunId = table.Column<int>(type: "INTEGER", nullable: false),
                    Text = table.Column<string>(type: "TEXT", nullable: false)
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
                    RunId = table.Column<int>(type: "INTEGER", nullable: false),
                    Key = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<string>(type: "TEXT", nullable: false)
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
                    ScheduleName = table.Column<string>(type: "TEXT", nullable: false),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: false),
                    FiredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Outcome = table.Column<string>(type: "TEXT", nullable: false),
                    Detail = table.Column<string>(type: "TEXT", nullable: true),
                    RunId = table.Column<int>(type: "INTEGER", nullable: true)
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
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", nullable: false),
                    Spec = table.Column<string>(type: "TEXT", nullable: false),
                    DatasetVersionId = table.Column<int>(type: "INTEGER", nullable: false),
                    Experiment = table.Column<string>(type: "TEXT", nullable: false),
                    Need = table.Column<string>(type: "TEXT", nullable: false),
                    GitCommit = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true)
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
                UPDATE Runs SET
                    EpochsAsked = json_extract(Recipe, '$.epochs'),
                    BatchSize = json_extract(Recipe, '$.batchSize'),
                    LearningRate = json_extract(Recipe, '$.learningRate'),
                    Seed = json_extract(Recipe, '$.seed'),
                    TestLoss = json_extract(Evaluation, '$.test.logLoss'),
                    TestAccuracy = json_extract(Evaluation, '$.test.accuracy'),
                    EpochsDone = (SELECT COUNT(*) FROM RunEpochs e WHERE e.RunId = Runs.Id),
                    ValidationLoss = (SELECT e.ValidationLoss FROM RunEpochs e WHERE e.RunId = Runs.Id ORDER BY e.ValidationLoss, e.Epoch LIMIT 1),
                    ValidationAccuracy = (SELECT e.ValidationAccuracy FROM RunEpochs e WHERE e.RunId = Runs.Id ORDER BY e.ValidationLoss, e.Epoch LIMIT 1);
                """);
            migrationBuilder.Sql("""
                UPDATE Schedules SET AccountedTo = CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER);
                """);

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
