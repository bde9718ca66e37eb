// Lists every package that the projects restore, with its licence as its own nuspec states it, in THIRD-PARTY.md.
//   dotnet run eng/third-party.cs            writes the list; the solution must have been restored
//   dotnet run eng/third-party.cs -- --check fails if it is not what the list says
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

var root = Directory.GetCurrentDirectory();
var path = Path.Combine(root, "THIRD-PARTY.md");
if (!File.Exists(Path.Combine(root, "Directory.Packages.props"))) return Fail("Run it in the folder that holds Directory.Packages.props.");

var shipped = Restored("src");
var others = Restored("tests", "bench").Where(package => !shipped.ContainsKey(package.Key)).ToList();
if (shipped.Count == 0) return Fail("Nothing has been restored: run dotnet restore first.");

StringBuilder list = new();
list.Append("""
    # Third-party software

    What the projects restore from NuGet, by `dotnet run eng/third-party.cs`; the licence is what the package itself states.


    """);
Write("Part of what is deployed", shipped);
Write("Used to build, test and measure", others);
var text = list.ToString();

if (!args.Contains("--check"))
{
    File.WriteAllText(path, text);
    Console.WriteLine($"{shipped.Count} packages are deployed, {others.Count} are used besides: {path}");
    return 0;
}
if (File.Exists(path) && File.ReadAllText(path) == text) return 0;
return Fail("THIRD-PARTY.md is not what is restored: run dotnet run eng/third-party.cs");

// By id and version: the folder that the package was restored to.
SortedDictionary<string, string> Restored(params string[] folders)
{
    SortedDictionary<string, string> packages = new(StringComparer.OrdinalIgnoreCase);
    foreach (var project in folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.csproj", SearchOption.AllDirectories)).Where(project => !project.Contains("AppHost", StringComparison.Ordinal)))
    {
        var assets = Path.Combine(root, "artifacts", "obj", Path.GetFileNameWithoutExtension(project), "project.assets.json");
        if (!File.Exists(assets)) continue; // it restores elsewhere
        using var document = JsonDocument.Parse(File.ReadAllText(assets));
        var caches = document.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
        foreach (var library in document.RootElement.GetProperty("libraries").EnumerateObject())
        {
            if (library.Value.GetProperty("type").GetString() != "package") continue;
            var relative = library.Value.GetProperty("path").GetString()!;
            packages[library.Name] = caches.Select(cache => Path.Combine(cache, relative)).First(Directory.Exists);
        }
    }
    return packages;
}

void Write(string title, IEnumerable<KeyValuePair<string, string>> packages)
{
    list.Append($"## {title}\n\n| package | version | licence | project |\n|---|---|---|---|\n");
    foreach (var (name, folder) in packages)
    {
        var nuspec = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").Single());
        var metadata = nuspec.Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        var (id, version) = (Value("id")!, Value("version")!);
        list.Append($"| {id} | {version} | {Licence()} | {Value("projectUrl") ?? ""} |\n");

        string? Value(string element) => metadata.Elements().FirstOrDefault(child => child.Name.LocalName == element)?.Value.Trim();

        string Licence()
        {
            var licence = metadata.Elements().FirstOrDefault(child => child.Name.LocalName == "license");
            if (licence?.Attribute("type")?.Value == "expression") return licence.Value;
            if (licence is not null) return Recognise(File.ReadAllText(Path.Combine(folder, licence.Value.Replace('\\', '/')))) ?? $"its own ({licence.Value})";
            return Value("licenseUrl") is { } url ? $"[at its site]({url})" : "not stated";
        }
    }
    list.Append('\n');
}

// The name of a well-known licence by its own words; null if it is none of them, or more than one.
static string? Recognise(string licence)
{
    (string Words, string Name)[] known =
    [
        ("Permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"),
        ("Apache License", "Apache-2.0"),
        ("Redistributions of source code must retain", licence.Contains("Neither the name", StringComparison.Ordinal) ? "BSD-3-Clause" : "BSD-2-Clause"),
        ("GNU LESSER GENERAL PUBLIC LICENSE", "LGPL"),
        ("PostgreSQL License", "PostgreSQL"),
    ];
    return known.Where(one => licence.Contains(one.Words, StringComparison.OrdinalIgnoreCase)).ToList() is [var only] ? only.Name : null;
}

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 1;
}
