using System.Globalization;

namespace XrayMlOps.Imaging.Plots;

/// <summary>A range of values laid over a range of pixels, with marks at round values: 1, 2 or 5 times a power of ten apart.</summary>
internal sealed class PlotAxis
{
    private readonly double _low, _high, _from, _to, _step;

    /// <param name="from">Pixel of the lowest value.</param>
    /// <param name="to">Pixel of the highest value.</param>
    /// <param name="marks">About so many.</param>
    /// <param name="isWhole">Marks at whole values only.</param>
    public PlotAxis(IEnumerable<double> values, double from, double to, int marks, bool isWhole = false)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        (_low, _high) = finite is [] ? (0, 1) : (finite.Min(), finite.Max());
        if (_high - _low < 1e-9) (_low, _high) = (_low - 0.5, _high + 0.5);
        if (!isWhole) (_low, _high) = (_low - 0.04 * (_high - _low), _high + 0.04 * (_high - _low));
        (_from, _to) = (from, to);
        var least = (_high - _low) / marks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        _step = power * (least / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        if (isWhole) _step = Math.Max(1, _step);
    }

    public float Pixel(double value) => (float)(_from + (value - _low) / (_high - _low) * (_to - _from));

    public IEnumerable<(float Pixel, string Label)> Marks()
    {
        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(_step) + 1e-9));
        for (var number = Math.Ceiling(_low / _step - 1e-9); number * _step <= _high + 1e-9 * _step; number++)
            yield return (Pixel(number * _step), (number * _step).ToString($"F{decimals}", CultureInfo.InvariantCulture));
    }
}
