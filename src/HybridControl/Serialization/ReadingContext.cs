using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>What every part of a reading shares: the report, the scope, and where each path stands in the text.</summary>
internal sealed class ReadingContext
{
    private const int LongestPath = 1000;

    private readonly Dictionary<string, int> _offsets = new(StringComparer.Ordinal);
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);

    public ReadingContext(SourceReport report) => Report = report;

    public SourceReport Report { get; }

    public ModelScope Scope { get; } = new();

    /// <summary>Joins a path and a property name.</summary>
    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Remembers where the value of a path stands.</summary>
    public void Place(string path, int offset) => _offsets.TryAdd(path, offset);

    /// <summary>Reports a fault of the value at a path; the validator's opinion of it is then not asked.</summary>
    public void Fault(SourceNode node, string path, string what, string mend)
    {
        Place(path, node.Offset);
        _broken.Add(path);
        Report.Add(node.Offset, path, what, mend);
    }

    /// <summary>Adds a finding of the validator, unless its place was already found faulty.</summary>
    public void AddValidated(Finding finding)
    {
        for (string path = finding.Where; path.Length > 0; path = Parent(path))
        {
            if (_broken.Contains(path))
            {
                return;
            }
        }

        for (string path = finding.Where; path.Length > 0; path = Parent(path))
        {
            if (_offsets.TryGetValue(path, out int offset))
            {
                // Optional to write: "h": 10 stands for "h": { "initial": 10 }.
                string shown = finding.Where == $"{path}.initial" || finding.Where == $"{path}.start" ? path : finding.Where;
                Report.Add(offset, shown, finding.What, finding.Mend, finding.Severity);
                return;
            }
        }

        Report.Add(0, finding.Where, finding.What, finding.Mend, finding.Severity);
    }

    /// <summary>A number, a formula, or null with a finding.</summary>
    public Expr? Expression(SourceNode node, string path)
    {
        Place(path, node.Offset);
        if (node.Kind == SourceKind.Number)
        {
            return Expr.Constant(node.Number);
        }

        if (node.Kind != SourceKind.Text)
        {
            Fault(node, path, $"a number or a formula is expected, but this is {node.Describe()}", "Write it as a number or as text: \"-k*x\".");
            return null;
        }

        if (ExprParser.TryParseExpression(node.Text, Scope, out Expr? expression, out ParseFinding? finding))
        {
            return CheckForwardUses(node, path) ? expression : null;
        }

        Fault(node, path, finding, node.Text);
        return null;
    }

    /// <summary>A condition, or null with a finding.</summary>
    public Condition? Condition(SourceNode node, string path)
    {
        Place(path, node.Offset);
        if (node.Kind == SourceKind.Boolean)
        {
            return node.Flag ? Symbolics.Condition.True : Symbolics.Condition.False;
        }

        if (node.Kind != SourceKind.Text)
        {
            Fault(node, path, $"a condition is expected, but this is {node.Describe()}", "Write it as text: \"x >= 0\".");
            return null;
        }

        if (ExprParser.TryParseCondition(node.Text, Scope, out Condition? condition, out ParseFinding? finding))
        {
            return CheckForwardUses(node, path) ? condition : null;
        }

        Fault(node, path, finding, node.Text);
        return null;
    }

    /// <summary>The value of a boolean variable: true, false or a condition; null with a finding.</summary>
    public Expr? Truth(SourceNode node, string path) => Condition(node, path) is { } condition ? BooleanVariable.ValueOf(condition) : null;

    /// <summary>A formula of temporal logic, or null with a finding.</summary>
    public Formula? Formula(SourceNode node, string path, HybridAutomaton model)
    {
        Place(path, node.Offset);
        if (node.Kind != SourceKind.Text)
        {
            Fault(node, path, $"a formula is expected, but this is {node.Describe()}", "Write it as text: \"always[0, 10](x >= 0)\".");
            return null;
        }

        try
        {
            return Requirements.Formula.Parse(node.Text, model);
        }
        catch (ExprParseException fault)
        {
            Fault(node, path, fault.Finding, node.Text);
            return null;
        }
    }

    /// <summary>Numbers, or null with a finding.</summary>
    public ImmutableArray<double>? Numbers(SourceNode node, string path)
    {
        Place(path, node.Offset);
        if (node.Kind != SourceKind.List)
        {
            Fault(node, path, $"a list of numbers is expected, but this is {node.Describe()}", "Write [1, 2, 3].");
            return null;
        }

        var numbers = ImmutableArray.CreateBuilder<double>(node.Items.Length);
        bool sound = true;
        for (int i = 0; i < node.Items.Length; i++)
        {
            if (node.Items[i].Kind != SourceKind.Number)
            {
                Fault(node.Items[i], FormattableString.Invariant($"{path}[{i}]"), $"a number is expected, but this is {node.Items[i].Describe()}",
                    "Write a plain number.");
                sound = false;
            }

            numbers.Add(node.Items[i].Number);
        }

        return sound ? numbers.DrainToImmutable() : null;
    }

    // A path of a model is short. A name full of brackets is none: it must not be tried bracket by bracket.
    private static string Parent(string path)
    {
        int end = path.AsSpan(0, Math.Min(path.Length, LongestPath)).LastIndexOfAny('.', '[');
        return end <= 0 ? "" : path[..end];
    }

    private void Fault(SourceNode node, string path, ParseFinding finding, string text)
    {
        // Names say where they are; a stray sign does not.
        string shown = SourceNode.Shorten(text.ReplaceLineEndings(" "));
        string what = text.Trim().Length == finding.Length || finding.What.StartsWith("unknown", StringComparison.Ordinal)
            ? finding.What
            : FormattableString.Invariant($"{finding.What}, at character {finding.Position + 1} of '{shown}'");
        Fault(node, path, what, finding.Mend);
    }

    private bool CheckForwardUses(SourceNode node, string path)
    {
        IReadOnlyList<string> uses = Scope.TakeForwardUses();
        foreach (string name in uses)
        {
            (string what, string mend) = path == $"outputs.{name}" || path == $"outputs.{name}.expr"
                ? ($"the output '{name}' uses itself", "Break the cycle: an output is computed from what is declared before it.")
                : ($"uses the output '{name}', which is declared after it", $"Declare '{name}' first; outputs in a cycle have no value.");
            Fault(node, path, what, mend);
        }

        return uses.Count == 0;
    }
}
