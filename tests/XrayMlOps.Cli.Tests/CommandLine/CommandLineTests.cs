namespace XrayMlOps.Cli.Tests.CommandLine;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_names_every_verb_and_the_exit_codes()
    {
        var help = await XrayRun.Of("--help");
        Assert.Equal(0, help.ExitCode);
        string[] words = ["up", "demo", "doctor", "dataset", "train", "runs", "models", "evaluate", "predict", "feedback", "schedule", "phantoms", "backup", "restore", "Exit codes"];
        Assert.All(words, word => Assert.Contains(word, help.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_names_every_verb_for_datasets()
    {
        var help = await XrayRun.Of("dataset", "--help");
        string[] words = ["push", "list", "versions", "show", "films", "sheet", "diff", "add", "remove", "relabel", "tag", "untag", "export", "delete", "gc"];
        Assert.All(words, word => Assert.Matches($@"(?m)^\s+{word}\s", help.Output));
    }

    [Fact]
    public async Task Help_shows_a_default_as_it_is_written_on_the_command_line()
    {
        var help = await XrayRun.Of("dataset", "export", "--help");
        Assert.Contains("[default: jsonl]", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dataset", "push")]
    [InlineData("dataset", "push", ".", "--name", "x", "--split", "80/20")]
    [InlineData("dataset", "push", ".", "--name", "x", "--server", "nowhere")]
    [InlineData("runs", "show", "first")]
    [InlineData("models", "promote", "chest-xray@champion")]
    [InlineData("evaluate", "--model", "UPPER", "--images", ".")]
    [InlineData("feedback", "00000000-0000-0000-0000-000000000001", "measles")]
    [InlineData("train", "--dataset", "x", "--arch", "model_4", "--epochs", "0")]
    [InlineData("train", "--dataset", "x", "--arch", "model_4", "--alias", "champion")]
    [InlineData("phantoms", "x", "--films", "0")]
    [InlineData("up", "--urls", "5080")]
    [InlineData("backup", "--to", "x.tar", "--registry", "Host=db.example;Username=xray;Password=hush")]
    [InlineData("backup", "--to", "x.tar", "--registry", "postgres://xray:hush@db.example/registry")]
    [InlineData("backup", "--to", "x.tar", "--blobs", "AccountName=films;AccountKey=aHVzaA==")]
    [InlineData("backup", "--to", "x.tar", "--blobs", "https://films.blob.core.windows.net/xray?sv=2024-11-04&sig=hush")]
    [InlineData("backup", "--to", "gone/x.tar")]
    [InlineData("backup", "verify", "gone.tar")]
    [InlineData("restore", "--from", "gone.tar")]
    [InlineData("nonsense")]
    public async Task Command_line_that_is_wrong_exits_2_with_the_reason_on_standard_error(params string[] arguments)
    {
        var run = await XrayRun.Of(arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.Errors.Trim());
        Assert.DoesNotContain("hush", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dataset", "list")]
    [InlineData("runs", "show", "1")]
    [InlineData("models", "show", "chest-xray", "--json")]
    [InlineData("schedule", "list")]
    public async Task Server_that_is_not_there_exits_3_and_says_how_to_start_one(params string[] arguments)
    {
        var run = await XrayRun.Of([.. arguments, "--server", "http://127.0.0.1:1"]);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("xray up", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }
}
