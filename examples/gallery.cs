#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
#:project ../src/HybridControl.Plotting/HybridControl.Plotting.csproj
// One picture of every model in models/, and a page that shows them: dotnet run examples/gallery.cs -- docs/gallery
using System.Text;
using HybridControl.Automata;
using HybridControl.Plotting;
using HybridControl.Serialization;
using HybridControl.Simulation;

string here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("gallery").FullName;
Directory.CreateDirectory(folder);

var page = new StringBuilder();
page.AppendLine("# Gallery").AppendLine();
page.AppendLine("Every model that comes with the program, run as its file suggests. `hybrid plot NAME` draws such a picture; this page and all");
page.AppendLine("pictures are written by `dotnet run examples/gallery.cs -- docs/gallery`.");
foreach (string path in Directory.GetFiles(Path.Combine(here, "..", "models"), "*.json").Order(StringComparer.Ordinal))
{
    HybridAutomaton model = ModelFile.Load(path);
    string name = Path.GetFileNameWithoutExtension(path);
    Trajectory run = Scenario.For(model).TrySimulate(model.Experiment?.Until ?? 10);
    TimePlot plot = run.Plot([.. model.Experiment?.Plot ?? []]).MarkJumps();
    bool few = run.Segments.Select(segment => segment.Mode).Distinct().Count() <= 10; // a network has a mode for each combination
    (few ? plot.ShadeModes() : plot).Save(Path.Combine(folder, name + ".svg"));
    page.AppendLine().AppendLine($"## {name}").AppendLine();
    page.AppendLine($"{FirstSentence(model.Description)} [Model](../../models/{name}.json). Source: {model.Source.ReplaceLineEndings(" ").TrimEnd('.')}.").AppendLine();
    page.AppendLine($"![{name}]({name}.svg)");
    Console.WriteLine($"{name}: {run.Jumps.Length} jumps, {run.Status}");
}

File.WriteAllText(Path.Combine(folder, "README.md"), page.Replace(Environment.NewLine, "\n").ToString());

static string FirstSentence(string text)
{
    string line = text.ReplaceLineEndings(" ");
    int stop = line.IndexOf(". ", StringComparison.Ordinal);
    return stop < 0 ? line : line[..(stop + 1)];
}
