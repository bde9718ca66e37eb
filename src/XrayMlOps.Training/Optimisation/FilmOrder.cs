namespace XrayMlOps.Training.Optimisation;

/// <summary>The order in which an epoch shows the training films.</summary>
internal static class FilmOrder
{
    /// <summary>
    /// A fresh shuffle cut into batches. The last may be smaller, but a last one of a single film is left out of this epoch (batch
    /// norm has no spread to measure there).
    /// </summary>
    public static IReadOnlyList<int[]> Of(ReadOnlySpan<int> films, int batchSize, int seed)
    {
        var order = films.ToArray();
        new Random(seed).Shuffle(order);
        var batches = order.Chunk(batchSize).ToList();
        if (batches.Count > 1 && batchSize > 1 && batches[^1].Length == 1) batches.RemoveAt(batches.Count - 1);
        return batches;
    }
}
