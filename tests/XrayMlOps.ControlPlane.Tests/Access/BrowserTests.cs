using System.Net;
using System.Text.RegularExpressions;
using XrayMlOps.Core.Access;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests.Access;

public sealed partial class BrowserTests
{
    [Fact]
    public async Task Person_signs_in_with_a_key_and_sees_the_dashboard_until_it_is_revoked()
    {
        await using var host = await RegistryHost.StartAsync();
        var made = await KeyEndpointsTests.MakeAsync(host, "person", Role.Engineer);
        using var browser = Browser(host);

        using var sent = await browser.GetAsync("/hangfire", RegistryHost.Token);
        Assert.Equal((HttpStatusCode.Redirect, "/signin?returnUrl=%2Fhangfire"), (sent.StatusCode, sent.Headers.Location?.OriginalString));
        using var signedIn = await SignInAsync(browser, made.Key);
        Assert.Equal((HttpStatusCode.Redirect, "/hangfire"), (signedIn.StatusCode, signedIn.Headers.Location?.OriginalString));
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(made.Key, cookie, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/hangfire"));

        using (await host.Http.DeleteAsync($"/api/keys/{made.Issued.Id}", RegistryHost.Token))
        {
        }
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser, "/hangfire"));
    }

    [Fact]
    public async Task Change_that_a_browser_asks_for_needs_the_token_of_a_page()
    {
        await using var host = await RegistryHost.StartAsync();
        using var browser = Browser(host);
        using (await SignInAsync(browser, TestKey.Text))
        {
        }

        using var forged = await browser.PostAsync("/api/blobs/collect", new StringContent("{\"dryRun\":true}", null, "application/json"), RegistryHost.Token);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var meant = await host.PostAsync("/api/blobs/collect", new { DryRun = true });
        Assert.Equal(HttpStatusCode.OK, meant.StatusCode);
    }

    [Fact]
    public async Task Wrong_key_is_refused_and_nobody_is_sent_to_another_site()
    {
        await using var host = await RegistryHost.StartAsync();
        using var browser = Browser(host);

        using var wrong = await SignInAsync(browser, "xray_0123456789ab_that-nobody-has");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        foreach (var elsewhere in (string[])["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"])
        {
            using var right = await SignInAsync(browser, TestKey.Text, elsewhere);
            Assert.Equal("/hangfire", right.Headers.Location?.OriginalString);
        }
    }

    [Fact]
    public async Task Every_answer_tells_browsers_what_not_to_do()
    {
        await using var host = await RegistryHost.StartAsync();
        foreach (var path in (string[])["/api/datasets", "/api/nothing", "/hangfire", "/signin", "/health"])
        {
            using var response = await host.Http.GetAsync(path, RegistryHost.Token);
            Assert.Equal(("nosniff", "DENY", "no-referrer"), (Header("X-Content-Type-Options"), Header("X-Frame-Options"), Header("Referrer-Policy")));
            Assert.Contains("frame-ancestors 'none'", Header("Content-Security-Policy"), StringComparison.Ordinal);

            string Header(string name) => Assert.Single(response.Headers.GetValues(name));
        }
    }

    [Fact]
    public async Task Page_of_another_origin_may_ask_only_if_it_is_listed()
    {
        await using var host = await RegistryHost.StartAsync(settings: new() { ["Cors:Origins:0"] = "https://viewer.example" });

        Assert.Equal("https://viewer.example", await AllowedAsync("https://viewer.example"));
        Assert.Null(await AllowedAsync("https://elsewhere.example"));

        async Task<string?> AllowedAsync(string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, "/api/datasets") { Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "GET" } } };
            using var response = await host.Http.SendAsync(request, RegistryHost.Token);
            return response.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null;
        }
    }

    [Fact]
    public async Task Request_for_a_host_that_is_not_listed_is_refused()
    {
        await using var host = await RegistryHost.StartAsync(settings: new() { ["AllowedHosts"] = "127.0.0.1" });

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/datasets") { Headers = { Host = "rebound.example" } };
        using var response = await host.Http.SendAsync(request, RegistryHost.Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host.Http, "/api/datasets"));
    }

    private static HttpClient Browser(RegistryHost host) => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
    {
        BaseAddress = host.Http.BaseAddress,
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string key, string returnUrl = "/hangfire")
    {
        var page = await browser.GetStringAsync($"/signin?returnUrl={Uri.EscapeDataString(returnUrl)}", RegistryHost.Token);
        var token = TokenField().Match(page).Groups[1].Value;
        return await browser.PostAsync(
            "/signin", new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("key", key), new("returnUrl", returnUrl)]), RegistryHost.Token);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, RegistryHost.Token);
        return response.StatusCode;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
