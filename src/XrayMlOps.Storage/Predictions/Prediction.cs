using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.Storage.Predictions;

/// <summary>A line of the prediction log.</summary>
public sealed class Prediction
{
    /// <summary>Order of arrival.</summary>
    public long Sequence { get; init; }

    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Model { get; init; }

    public required int Version { get; init; }

    public required string ModelDigest { get; init; }

    public required string PreprocessingHash { get; init; }

    public required string InputDigest { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required ImageLabel Label { get; init; }

    /// <summary>In the order of <see cref="ImageLabels"/>.</summary>
    public required IReadOnlyList<float> Probabilities { get; init; }

    public required double LatencyMs { get; init; }

    public string? TraceId { get; init; }

    /// <summary>Of the newest <see cref="Predictions.Feedback"/>.</summary>
    public ImageLabel? TrueLabel { get; set; }

    public PredictionRecord ToRecord() => new(
        Id, At, Model, Version, ModelDigest, PreprocessingHash, InputDigest, Width, Height, Label, Probabilities, LatencyMs, TraceId)
    { TrueLabel = TrueLabel };

    public static Prediction Of(PredictionRecord record) => new()
    {
        Id = record.Id,
        At = record.At,
        Model = record.Model,
        Version = record.Version,
        ModelDigest = record.ModelDigest,
        PreprocessingHash = record.PreprocessingHash,
        InputDigest = record.InputDigest,
        Width = record.Width,
        Height = record.Height,
        Label = record.Label,
        Probabilities = record.Probabilities,
        LatencyMs = record.LatencyMs,
        TraceId = record.TraceId,
    };
}

/// <summary>What a human said of a prediction. All are kept; the newest counts.</summary>
public sealed class Feedback
{
    public long Id { get; init; }

    public required Guid PredictionId { get; init; }

    public required ImageLabel Label { get; init; }

    public string? By { get; init; }

    public required DateTimeOffset At { get; init; }
}

internal sealed class PredictionTable : IEntityTypeConfiguration<Prediction>, IEntityTypeConfiguration<Feedback>
{
    public void Configure(EntityTypeBuilder<Prediction> builder)
    {
        builder.HasKey(prediction => prediction.Sequence);
        builder.HasAlternateKey(prediction => prediction.Id);
        builder.HasIndex(prediction => new { prediction.Model, prediction.At });
    }

    public void Configure(EntityTypeBuilder<Feedback> builder) =>
        builder.HasOne<Prediction>().WithMany().HasForeignKey(feedback => feedback.PredictionId).HasPrincipalKey(prediction => prediction.Id);
}
