using CsCheck;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Runs.Search;

namespace XrayMlOps.Core.Tests.Runs.Search;

public sealed class RunFilterTests
{
    private static readonly Gen<string> s_text = Gen.Char["ab '\"()=<~%é\\"].Array[0, 8].Select(characters => new string(characters));

    private static readonly Gen<RunFilter> s_comparison =
        Gen.OneOf((RunField[])[.. RunField.All, RunField.Find("tag.site")!, RunField.Find("tag.a-1")!])
            .SelectMany(field => Gen.Select(Gen.OneOf((RunOperator[])[.. field.Operators]), ValueOf(field), (kind, value) => (RunFilter)new RunComparison(field, kind, value)));

    private static readonly Gen<RunFilter> s_filter = Gen.Recursive<RunFilter>((depth, inner) => depth > 5 ? s_comparison : Gen.OneOf(
        s_comparison,
        inner.Select(filter => (RunFilter)new NotFilter(filter)),
        Gen.Select(inner, inner, (left, right) => (RunFilter)new BothFilters(left, right)),
        Gen.Select(inner, inner, (left, right) => (RunFilter)new EitherFilter(left, right))));

    [Fact]
    public void Filter_that_was_written_reads_as_the_same() => s_filter.Sample(filter =>
    {
        var written = filter.ToString();
        if (written.Length > RunFilterParser.Longest) return;
        Assert.True(RunFilterParser.TryParse(written, out var read, out var problem), $"{written}: {problem}");
        Assert.Equal(filter, read);
    });

    [Fact]
    public void Any_text_reads_as_a_filter_or_has_a_problem() =>
        Gen.OneOf("accuracy", "tag.a", "state", " ", "and", "or", "not", "(", ")", "=", "<=", "!", "~", "85%", "'x", "'", "\"y\"", "queued", "1e999", "\0", "é")
            .Array[0, 12].Sample(words =>
            {
                var text = string.Concat(words);
                var isRead = RunFilterParser.TryParse(text, out var filter, out var problem);
                Assert.Equal(isRead, problem is null);
                Assert.Equal(isRead && !string.IsNullOrWhiteSpace(text), filter is not null);
            });

    [Theory]
    [InlineData("accuracy > 0.85 and arch = 'model_4'", "accuracy > 0.85 and arch = 'model_4'")]
    [InlineData("accuracy>85% AND arch=model_4", "accuracy > 0.85 and arch = 'model_4'")]
    [InlineData("not(a = 1)", null)]
    [InlineData("state = Running or state=queued and not epochs >= 3", "state = running or state = queued and not epochs >= 3")]
    [InlineData("(state = running or state = queued) and epochs < 3", "(state = running or state = queued) and epochs < 3")]
    [InlineData("tag.site ~ \"o'h\"", "tag.site ~ 'o''h'")]
    [InlineData("created >= 2026-01-02 and created < 2026-01-02T03:04:05.5+01:00", "created >= 2026-01-02T00:00:00Z and created < 2026-01-02T02:04:05.5Z")]
    [InlineData("dataset = chest@3 and learning_rate = 1e-3", "dataset = 'chest@3' and learning_rate = 0.001")]
    public void Text_means_what_it_reads_like(string text, string? meaning)
    {
        RunFilterParser.TryParse(text, out var filter, out _);
        Assert.Equal(meaning, filter?.ToString());
    }

    [Fact]
    public void And_binds_more_tightly_than_or()
    {
        Assert.True(RunFilterParser.TryParse("seed = 1 or seed = 2 and seed = 3", out var filter, out _));
        Assert.IsType<BothFilters>(Assert.IsType<EitherFilter>(filter).Right);
    }

    [Theory]
    [InlineData("acuracy > 1", "character 1: found 'acuracy', expected a field: id, state, arch, ")]
    [InlineData("accuracy > 0.5 and", "character 19: found the end, expected a field")]
    [InlineData("accuracy 0.5", "character 10: found '0.5', expected an operator of accuracy: =, !=, <, <=, >, >=")]
    [InlineData("arch < 'a'", "character 6: found '<', expected an operator of arch: =, !=, ~")]
    [InlineData("accuracy > 'much'", "character 12: found 'much', expected a number such as 0.85, 1e-3 or 85% to compare accuracy with")]
    [InlineData("epochs = 2.5", "character 10: found '2.5', expected a whole number")]
    [InlineData("state = done", "expected one of queued, running, succeeded, failed, cancelled")]
    [InlineData("state = 1", "expected one of queued")]
    [InlineData("created > yesterday", "expected a time such as 2026-01-31")]
    [InlineData("created = 2026-01-01", "expected an operator of created: <, <=, >, >=")]
    [InlineData("arch = 'model_4", "character 8: the quote ' is not closed")]
    [InlineData("arch = and", "character 8: found 'and', expected a text")]
    [InlineData("(seed = 1", "found the end, expected 'and', 'or' or the ')' of character 1")]
    [InlineData("seed = 1 seed = 2", "character 10: found 'seed', expected 'and', 'or' or the end")]
    [InlineData("seed ! 1", "character 6: '!' is no operator")]
    [InlineData("tag. = 'x'", "character 1: found 'tag.'")]
    public void Problem_says_where_it_is_and_what_is_possible(string text, string problem)
    {
        Assert.False(RunFilterParser.TryParse(text, out var filter, out var found));
        Assert.Null(filter);
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Filter_without_end_is_refused()
    {
        var comparisons = string.Join(" or ", Enumerable.Repeat("seed = 1", RunFilterParser.Most));
        var nested = $"{string.Concat(Enumerable.Repeat("not (", RunFilterParser.Deepest / 2))}seed = 1{new string(')', RunFilterParser.Deepest / 2)}";
        Assert.True(RunFilterParser.TryParse(comparisons, out _, out _));
        Assert.True(RunFilterParser.TryParse(nested, out _, out _));
        Assert.False(RunFilterParser.TryParse($"{comparisons} or seed = 1", out _, out var many));
        Assert.False(RunFilterParser.TryParse($"not {nested}", out _, out var deep));
        Assert.False(RunFilterParser.TryParse(new string(' ', RunFilterParser.Longest) + "seed = 1", out _, out var @long));
        Assert.Contains("more than 100 comparisons", many, StringComparison.Ordinal);
        Assert.Contains("more than 50 deep", deep, StringComparison.Ordinal);
        Assert.Contains("up to 4,000", @long, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("accuracy", false)]
    [InlineData("-test_loss", true)]
    public void Sort_reads_as_it_is_written(string text, bool isDescending)
    {
        Assert.True(RunSort.TryParse(text, out var sort, out _));
        Assert.Equal((text, isDescending), (sort.ToString(), sort.IsDescending));
    }

    [Theory]
    [InlineData("arch")]
    [InlineData("tag.site")]
    [InlineData("--loss")]
    [InlineData("")]
    public void Sort_by_what_has_no_order_is_refused(string text)
    {
        Assert.False(RunSort.TryParse(text, out _, out var problem));
        Assert.Contains("give one of id, accuracy, loss", problem, StringComparison.Ordinal);
    }

    private static Gen<RunValue> ValueOf(RunField field) => field.Kind switch
    {
        RunFieldKind.Number => Gen.Double[-10, 10].Select(number => (RunValue)new NumberValue(number)),
        RunFieldKind.Whole => Gen.Int.Select(number => (RunValue)new WholeValue(number)),
        RunFieldKind.Time => Gen.Long[0, DateTime.MaxValue.Ticks].Select(ticks => (RunValue)new TimeValue(new DateTimeOffset(ticks, TimeSpan.Zero))),
        RunFieldKind.State => Gen.Enum<RunState>().Select(state => (RunValue)new StateValue(state)),
        _ => s_text.Select(text => (RunValue)new TextValue(text)),
    };
}
