using System.Numerics.Tensors;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Imaging.Quality;

/// <summary>
/// What most films of a dataset look like, as the mean and covariance of their thumbnails after brightness and contrast are taken out; and
/// how far a film is from that (Mahalanobis distance, the root of its mean square a thumbnail pixel).
/// </summary>
/// <remarks>
/// The nine tenths of the films that lie nearest are refitted three times, beginning at the median, so that the films to be found do not shape what
/// they are measured by (concentration steps of Rousseeuw and Van Driessen 1999). The covariance is regularised, the more the fewer films
/// there are, so that 30 suffice.
/// </remarks>
internal sealed class StructureModel
{
    private const int Pixels = FilmFacts.ThumbnailSide * FilmFacts.ThumbnailSide;
    private const int MaxSample = 4096, Refits = 3;
    private const double Kept = 0.9, LeastDeviation = 4;

    private readonly double[] _centre;
    private readonly double[]? _factor; // lower triangle of the covariance's Cholesky factor, row by row; null: plain distance

    private StructureModel(double[] centre, double[]? factor) => (_centre, _factor) = (centre, factor);

    /// <param name="films">At least one. Of more than 4,096, as many are taken at equal steps.</param>
    public static StructureModel Fit(IReadOnlyList<FilmFacts> films)
    {
        var step = Math.Max(1, (double)films.Count / MaxSample);
        var sample = Enumerable.Range(0, Math.Min(films.Count, MaxSample)).Select(i => Standardised(films[(int)(i * step)])).ToArray();
        var model = new StructureModel(Median(sample), null);
        for (var refit = 0; refit < Refits; refit++)
        {
            var kept = sample.OrderBy(film => model.DistanceOf(film)).Take((int)Math.Ceiling(Kept * sample.Length)).ToArray();
            var centre = Mean(kept);
            model = new StructureModel(centre, Factor(Covariance(kept, centre)));
        }
        return model;
    }

    public double Distance(FilmFacts film)
    {
        Span<double> standardised = stackalloc double[Pixels];
        Standardise(film.Thumbnail, standardised);
        return DistanceOf(standardised);
    }

    private double DistanceOf(ReadOnlySpan<double> film)
    {
        Span<double> difference = stackalloc double[Pixels];
        TensorPrimitives.Subtract(film, _centre, difference);
        if (_factor is not null) Solve(_factor, difference);
        return Math.Sqrt(TensorPrimitives.SumOfSquares<double>(difference) / Pixels);
    }

    private static double[] Standardised(FilmFacts film)
    {
        var standardised = new double[Pixels];
        Standardise(film.Thumbnail, standardised);
        return standardised;
    }

    /// <summary>To mean 0 and standard deviation 1; a film that is almost blank stays so.</summary>
    private static void Standardise(ReadOnlySpan<byte> thumbnail, Span<double> film)
    {
        for (var i = 0; i < Pixels; i++) film[i] = thumbnail[i];
        TensorPrimitives.Subtract(film, TensorPrimitives.Sum<double>(film) / Pixels, film);
        TensorPrimitives.Divide(film, Math.Max(Math.Sqrt(TensorPrimitives.SumOfSquares<double>(film) / Pixels), LeastDeviation), film);
    }

    private static double[] Median(double[][] films) =>
        [.. Enumerable.Range(0, Pixels).Select(pixel => films.Select(film => film[pixel]).Order().ElementAt(films.Length / 2))];

    private static double[] Mean(double[][] films)
    {
        var mean = new double[Pixels];
        foreach (var film in films) TensorPrimitives.Add(mean, film, mean);
        TensorPrimitives.Divide(mean, films.Length, mean);
        return mean;
    }

    /// <summary>Lower triangle, with its diagonal raised by (1/2 + 2 pixels / films) of its mean.</summary>
    private static double[] Covariance(double[][] films, double[] centre)
    {
        var covariance = new double[Pixels * Pixels];
        var difference = new double[Pixels];
        foreach (var film in films)
        {
            TensorPrimitives.Subtract(film, centre, difference);
            for (var row = 0; row < Pixels; row++)
            {
                var products = covariance.AsSpan(row * Pixels, row + 1);
                TensorPrimitives.MultiplyAdd(difference.AsSpan(0, row + 1), difference[row], products, products);
            }
        }
        TensorPrimitives.Divide(covariance, films.Length, covariance);
        var variance = Enumerable.Range(0, Pixels).Average(i => covariance[i * Pixels + i]);
        var ridge = (0.5 + 2.0 * Pixels / films.Length) * variance + 1e-6; // above 0 even if all films are equal
        for (var i = 0; i < Pixels; i++) covariance[i * Pixels + i] += ridge;
        return covariance;
    }

    /// <summary>Cholesky, in place.</summary>
    private static double[] Factor(double[] matrix)
    {
        for (var row = 0; row < Pixels; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                var rest = matrix[row * Pixels + column]
                    - TensorPrimitives.Dot<double>(matrix.AsSpan(row * Pixels, column), matrix.AsSpan(column * Pixels, column));
                matrix[row * Pixels + column] = row == column ? Math.Sqrt(rest) : rest / matrix[column * Pixels + column];
            }
        }
        return matrix;
    }

    /// <summary>Replaces a vector by its product with the inverse of the factor.</summary>
    private static void Solve(double[] factor, Span<double> vector)
    {
        for (var row = 0; row < Pixels; row++)
            vector[row] = (vector[row] - TensorPrimitives.Dot<double>(factor.AsSpan(row * Pixels, row), vector[..row])) / factor[row * Pixels + row];
    }
}
