using System.Net;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Tests.Registry;

public sealed class ServerProblemTests
{
    [Theory]
    [InlineData("""{ "title": "Bad Request", "detail": "The name is wrong." }""", "The name is wrong.")]
    [InlineData("""{ "title": "Not Found", "status": 404 }""", "Not Found")]
    [InlineData("""{ "detail": "a; b", "problems": ["a", "b"] }""", "The server refuses:\n  a\n  b")]
    [InlineData("""{ "detail": "a", "problems": ["a"] }""", "a")]
    [InlineData("""{ "title": "Invalid", "errors": { "name": ["too long", "too odd"], "": ["late"] } }""", "Invalid\n  name: too long\n  name: too odd\n  late")]
    public async Task Problem_document_becomes_a_line_for_each_error(string document, string message)
    {
        Assert.Equal(message, (await Read(HttpStatusCode.BadRequest, document)).Message);
    }

    [Fact]
    public async Task Answer_that_is_no_problem_document_tells_the_status()
    {
        Assert.Contains("502", (await Read(HttpStatusCode.BadGateway, "<html>")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, 2)]
    [InlineData(HttpStatusCode.UnprocessableEntity, 2)]
    [InlineData(HttpStatusCode.NotFound, 4)]
    [InlineData(HttpStatusCode.Conflict, 1)]
    [InlineData(HttpStatusCode.InternalServerError, 1)]
    public async Task Status_decides_the_exit_code(HttpStatusCode status, int exitCode)
    {
        Assert.Equal((ExitCode)exitCode, (await Read(status, "{}")).ExitCode);
    }

    private static async Task<ServerProblem> Read(HttpStatusCode status, string body)
    {
        using var response = new HttpResponseMessage(status) { Content = new StringContent(body) };
        return await ServerProblem.ReadAsync(response, TestContext.Current.CancellationToken);
    }
}
