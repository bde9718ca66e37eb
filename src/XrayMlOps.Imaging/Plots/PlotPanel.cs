namespace XrayMlOps.Imaging.Plots;

/// <summary>A point of a curve; one that is not finite is left out, and the curve goes on after it.</summary>
public readonly record struct PlotPoint(double X, double Y);

/// <param name="Name">For the legend: printable ASCII.</param>
/// <param name="Points">By ascending X.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<PlotPoint> Points);

/// <summary>Axes of their own with curves on them.</summary>
public sealed record PlotPanel(string Title, IReadOnlyList<PlotSeries> Series);
