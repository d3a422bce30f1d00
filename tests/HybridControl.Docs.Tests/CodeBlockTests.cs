using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HybridControl.Docs.Tests;

/// <summary>The C# blocks of a page, read from top to bottom, are one program that compiles.</summary>
public sealed class CodeBlockTests
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; " +
        "global using System.Threading; global using System.Threading.Tasks;";

    [TestCaseSource(nameof(PagesWithCode))]
    public void Code_blocks_of_a_page_compile_as_one_program(string page)
    {
        string program = ProgramOf(Path.Combine(Repository.Root, page));
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Page",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(program, path: page)],
            References(),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        string[] errors =
        [
            .. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()),
        ];
        Assert.That(errors, Is.Empty, program);
    }

    private static IEnumerable<string> PagesWithCode() =>
        Repository.Pages().Where(page => ProgramOf(page).Length > 0).Select(page => Path.GetRelativePath(Repository.Root, page));

    private static string ProgramOf(string page)
    {
        var usings = new StringBuilder();
        var statements = new StringBuilder();
        bool inside = false;
        foreach (string line in File.ReadLines(page))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inside = !inside && line.StartsWith("```csharp", StringComparison.Ordinal);
            }
            else if (inside && line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=') && !line.Contains('('))
            {
                usings.AppendLine(line);
            }
            else if (inside)
            {
                statements.AppendLine(line);
            }
        }

        return statements.Length == 0 ? "" : usings.Append(statements).ToString();
    }

    private static IEnumerable<MetadataReference> References()
    {
        string trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return trusted.Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
    }
}
