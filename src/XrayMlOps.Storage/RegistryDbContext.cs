using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Access;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;
using XrayMlOps.Core.Sweeps;
using XrayMlOps.Storage.Access;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Columns;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Models;
using XrayMlOps.Storage.Predictions;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Storage.Schedules;
using XrayMlOps.Storage.Sweeps;

namespace XrayMlOps.Storage;

/// <summary>
/// The registry: what exists and what became of it. It names blobs by digest and holds none. <see cref="RegistryDatabase"/> opens it. Queries and transitions that
/// several hosts share are extension methods beside their entities (<see cref="RunTransitions"/>, <see cref="ModelRegistration"/>, ...).
/// </summary>
public class RegistryDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Dataset> Datasets => Set<Dataset>();

    public DbSet<DatasetVersion> DatasetVersions => Set<DatasetVersion>();

    public DbSet<DatasetTag> DatasetTags => Set<DatasetTag>();

    public DbSet<BlobPin> BlobPins => Set<BlobPin>();

    public DbSet<Image> Images => Set<Image>();

    public DbSet<PackedDataset> PackedDatasets => Set<PackedDataset>();

    public DbSet<Run> Runs => Set<Run>();

    public DbSet<RunEpoch> RunEpochs => Set<RunEpoch>();

    public DbSet<RunArtifact> RunArtifacts => Set<RunArtifact>();

    public DbSet<RunTag> RunTags => Set<RunTag>();

    public DbSet<RunLogPiece> RunLog => Set<RunLogPiece>();

    public DbSet<Sweep> Sweeps => Set<Sweep>();

    public DbSet<RegisteredModel> Models => Set<RegisteredModel>();

    public DbSet<ModelVersion> ModelVersions => Set<ModelVersion>();

    public DbSet<ModelAlias> ModelAliases => Set<ModelAlias>();

    public DbSet<Promotion> Promotions => Set<Promotion>();

    public DbSet<Prediction> Predictions => Set<Prediction>();

    public DbSet<Feedback> Feedback => Set<Feedback>();

    public DbSet<Schedule> Schedules => Set<Schedule>();

    public DbSet<ScheduleFiring> ScheduleFirings => Set<ScheduleFiring>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    /// <exception cref="InvalidOperationException">A promotion was changed or removed: the ledger is only ever appended to.</exception>
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        GuardLedger();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    /// <inheritdoc cref="SaveChanges(bool)"/>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        GuardLedger();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksColumn>();
        configurationBuilder.Properties<RunState>().HaveConversion<string>();
        configurationBuilder.Properties<Role>().HaveConversion<string>();
        configurationBuilder.Properties<ComputeNeed>().HaveConversion<string>();
        configurationBuilder.Properties<SweepState>().HaveConversion<string>();
        configurationBuilder.Properties<ScheduledResult>().HaveConversion<string>();
        configurationBuilder.Properties<MissedFirings>().HaveConversion<string>();
        configurationBuilder.Properties<FiringOutcome>().HaveConversion<string>();
        Json<SplitRule>();
        Json<IReadOnlyList<SplitCounts>>();
        Json<Architecture>();
        Json<TrainingRecipe>();
        Json<RunLimits>();
        Json<SweepSpec>();
        Json<TrainerStep>();
        Json<RunEvaluation>();
        Json<IReadOnlyDictionary<string, string>>();
        Json<IReadOnlyList<float>>();

        void Json<T>() where T : class => configurationBuilder.Properties<T>().HaveConversion<JsonColumn<T>, JsonColumnComparer<T>>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ApplyConfigurationsFromAssembly(typeof(RegistryDbContext).Assembly);

    private void GuardLedger()
    {
        ChangeTracker.DetectChanges();
        if (ChangeTracker.Entries<Promotion>().FirstOrDefault(entry => entry.State is EntityState.Modified or EntityState.Deleted) is { } entry)
            throw new InvalidOperationException($"Promotion {entry.Entity.Id} cannot be changed or removed: the ledger is only ever appended to. Promote again instead.");
    }
}
