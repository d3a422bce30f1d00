using System.Text.RegularExpressions;

namespace HybridControl.Docs.Tests;

/// <summary>Links and pictures of a page that lead into the repository lead to something.</summary>
public sealed partial class LinkTests
{
    [TestCaseSource(nameof(Pages))]
    public void Links_into_the_repository_lead_somewhere(string page)
    {
        string path = Path.Combine(Repository.Root, page);
        string[] broken =
        [
            .. Target().Matches(File.ReadAllText(path))
                .Select(match => match.Groups[1].Value)
                .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
                .Select(target => target.Split('#')[0])
                .Where(target => !Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, target))),
        ];
        Assert.That(broken, Is.Empty);
    }

    private static IEnumerable<string> Pages() =>
        Repository.Pages().Select(page => Path.GetRelativePath(Repository.Root, page));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Target();
}
