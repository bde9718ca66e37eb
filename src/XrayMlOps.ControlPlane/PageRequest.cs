using System.ComponentModel;
using System.Globalization;
using XrayMlOps.Core;

namespace XrayMlOps.ControlPlane;

/// <summary>Which page of a listing. Its members throw <see cref="BadHttpRequestException"/> if the request's values are no good.</summary>
internal readonly record struct PageRequest(
    [property: Description("The 'next' of the page before.")] string? After,
    [property: Description("Items a page, 1 to 200.")] int? Limit)
{
    private const int Default = 50;
    private const int Largest = 200;

    public int Size => Limit switch
    {
        null => Default,
        >= 1 and <= Largest => Limit.Value,
        _ => throw new BadHttpRequestException($"limit {Limit}: 1 to {Largest} are allowed."),
    };

    /// <summary>One more than the page, to know whether there is another.</summary>
    public int Take => Size + 1;

    /// <summary>For listings whose newest items, with the highest numbers, come first.</summary>
    public long Before => After switch
    {
        null => long.MaxValue,
        _ when long.TryParse(After, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new BadHttpRequestException($"after '{After}': give the 'next' of the page before."),
    };

    /// <param name="rows">Up to <see cref="Take"/>.</param>
    public Page<TItem> Of<TRow, TItem>(IReadOnlyList<TRow> rows, Func<TRow, TItem> item, Func<TRow, object> key) =>
        new([.. rows.Take(Size).Select(item)], rows.Count > Size ? Convert.ToString(key(rows[Size - 1]), CultureInfo.InvariantCulture) : null);
}
