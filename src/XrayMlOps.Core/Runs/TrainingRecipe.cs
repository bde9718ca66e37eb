namespace XrayMlOps.Core.Runs;

/// <summary>The hyper-parameters of a run.</summary>
public sealed record TrainingRecipe
{
    /// <summary>The most epochs to train, 1 to 10,000.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>
    /// Epochs over which the learning-rate schedule goes its way, 0 to 10,000; 0 is <see cref="Epochs"/>. A run that is to be extended later names its
    /// whole length here, so that each piece trains as the whole would have.
    /// </summary>
    public int Horizon { get; init; }

    /// <summary>Films a step, 1 to 4,096.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Adam's step size (Kingma and Ba 2015), above 0 to 1.</summary>
    public double LearningRate { get; init; } = 1e-3;

    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Decoupled weight decay (Loshchilov and Hutter 2019), 0 to 1; 0 is plain Adam.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Weighs each class by the inverse of its share of the training split.</summary>
    public bool ClassWeights { get; init; }

    /// <summary>Label smoothing (Szegedy et al. 2016), 0 to below 1.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Stops after so many epochs without a lower validation loss; 0 never stops early.</summary>
    public int Patience { get; init; }

    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>Random changes to each training film, drawn anew every epoch.</summary>
    public Augmentation Augmentation { get; init; } = new();

    /// <summary>Seeds initial weights, the order of films, dropout and augmentation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Every value out of its range, one message each; empty if the recipe is sound.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        void Check(bool good, string message)
        {
            if (!good) problems.Add($"recipe: {message}");
        }
        Check(Epochs is >= 1 and <= 10_000, $"epochs {Epochs}; 1 to 10,000 are allowed");
        Check(Horizon is >= 0 and <= 10_000, $"horizon {Horizon}; 0 (the epochs) to 10,000 is allowed");
        Check(BatchSize is >= 1 and <= 4096, $"batchSize {BatchSize}; 1 to 4,096 are allowed");
        Check(LearningRate is > 0 and <= 1, $"learningRate {LearningRate}; above 0 to 1 is allowed");
        Check(WeightDecay is >= 0 and <= 1, $"weightDecay {WeightDecay}; 0 to 1 is allowed");
        Check(LabelSmoothing is >= 0 and < 1, $"labelSmoothing {LabelSmoothing}; 0 to below 1 is allowed");
        Check(Patience >= 0, $"patience {Patience}; 0 or more is allowed");
        Check(Augmentation.Shift is >= 0 and <= 0.5, $"augmentation.shift {Augmentation.Shift}; 0 to 0.5 is allowed");
        Check(Augmentation.Rotation is >= 0 and <= 45, $"augmentation.rotation {Augmentation.Rotation}; 0 to 45 is allowed");
        Check(Augmentation.Zoom is >= 0 and <= 0.5, $"augmentation.zoom {Augmentation.Zoom}; 0 to 0.5 is allowed");
        Check(Augmentation.Contrast is >= 0 and <= 0.9, $"augmentation.contrast {Augmentation.Contrast}; 0 to 0.9 is allowed");
        return problems;
    }
}

/// <summary>What forward and backward passes compute in. Weights, optimizer and losses are float32 always.</summary>
public enum Precision
{
    /// <summary><see cref="BFloat16"/> on CUDA devices, <see cref="Float32"/> elsewhere.</summary>
    Auto,

    Float32,

    /// <summary>Mixed precision (Micikevicius et al. 2018): convolutions and matrix products in bfloat16, whose range needs no loss scaling.</summary>
    BFloat16,
}

public enum LearningRateSchedule
{
    Constant,

    /// <summary>Falls from the learning rate to 1 % of it along half a cosine over the run's steps (Loshchilov and Hutter 2017).</summary>
    Cosine,
}

/// <summary>Each is the largest change; 0 (or false) turns it off. The change of a film is drawn uniformly up to it.</summary>
public sealed record Augmentation
{
    /// <summary>Mirrors half of the films left to right. Off by default: the heart is on the left.</summary>
    public bool HorizontalFlip { get; init; }

    /// <summary>Moves by up to this share of the side, 0 to 0.5.</summary>
    public double Shift { get; init; }

    /// <summary>Turns by up to so many degrees, 0 to 45.</summary>
    public double Rotation { get; init; }

    /// <summary>Scales by 1 - Zoom to 1 + Zoom, 0 to 0.5.</summary>
    public double Zoom { get; init; }

    /// <summary>Multiplies the distance from the film's mean by 1 - Contrast to 1 + Contrast, 0 to 0.9.</summary>
    public double Contrast { get; init; }
}
