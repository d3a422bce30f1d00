using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HybridControl.Gpu.Compilation;

/// <summary>Reads off a PTX text what a gate wants to know.</summary>
internal static partial class PtxReader
{
    /// <summary>Reads a text.</summary>
    public static PtxReport Read(string text)
    {
        var calls = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var local = new Dictionary<string, int>(StringComparer.Ordinal);
        var unresolved = new SortedSet<string>(StringComparer.Ordinal);
        var registers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var instructions = new SortedDictionary<string, int>(StringComparer.Ordinal);
        string current = "";
        string[] lines = text.Split('\n', StringSplitOptions.TrimEntries);
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i];
            if (line.StartsWith(".extern", StringComparison.Ordinal) && !line.StartsWith(".extern .shared", StringComparison.Ordinal))
            {
                unresolved.Add(line);
            }
            else if (Head().Match(line) is { Success: true } head)
            {
                bool declared = IsDeclaration(lines, i);
                current = declared ? current : head.Groups[1].Value;
                if (!declared)
                {
                    calls.TryAdd(current, new(StringComparer.Ordinal));
                }
            }
            else if (Depot().Match(line) is { Success: true } depot)
            {
                local[current] = local.GetValueOrDefault(current) + Integer(depot.Groups[1]);
            }
            else if (RegisterBlock().Match(line) is { Success: true } block)
            {
                registers[block.Groups[1].Value] = registers.GetValueOrDefault(block.Groups[1].Value) + Integer(block.Groups[2]);
            }
            else if (Instruction().Match(line) is { Success: true } instruction)
            {
                string name = instruction.Groups[1].Value;
                instructions[name] = instructions.GetValueOrDefault(name) + 1;
                if (name.StartsWith("call", StringComparison.Ordinal) && Callee(lines, i) is { } callee)
                {
                    calls[current].Add(callee);
                }
            }
        }

        unresolved.UnionWith(calls.Values.SelectMany(callees => callees).Where(callee => !calls.ContainsKey(callee)));
        return new(
            text,
            [.. calls.Keys],
            [.. unresolved],
            [.. calls.Keys.Where(function => Reaches(calls, function, function))],
            local.Values.DefaultIfEmpty().Max(),
            registers.ToImmutableSortedDictionary(StringComparer.Ordinal),
            instructions.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    // A head that ends with a semicolon before a brace opens only announces the function.
    private static bool IsDeclaration(string[] lines, int first)
    {
        for (int i = first; i < lines.Length; i++)
        {
            int end = lines[i].IndexOfAny([';', '{']);
            if (end >= 0)
            {
                return lines[i][end] == ';';
            }
        }

        return true;
    }

    private static string? Callee(string[] lines, int first)
    {
        string call = "";
        for (int i = first; i < lines.Length && !call.EndsWith(';'); i++)
        {
            call += lines[i];
        }

        Match match = CalledName().Match(call);
        return match.Success ? match.Groups[1].Value : null;
    }

    private static bool Reaches(Dictionary<string, HashSet<string>> calls, string from, string to)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>(calls[from]);
        while (pending.TryPop(out string? function))
        {
            if (function == to)
            {
                return true;
            }

            if (seen.Add(function) && calls.TryGetValue(function, out HashSet<string>? next))
            {
                foreach (string callee in next)
                {
                    pending.Push(callee);
                }
            }
        }

        return false;
    }

    private static int Integer(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?:\.visible\s+)?\.(?:entry|func)\s+(?:\([^)]*\)\s*)?([\w$]+)")]
    private static partial Regex Head();

    [GeneratedRegex(@"^\.local\b.*\[(\d+)\];")]
    private static partial Regex Depot();

    [GeneratedRegex(@"^\.reg\s+\.\w+\s+(%\w+?)<(\d+)>;")]
    private static partial Regex RegisterBlock();

    [GeneratedRegex(@"^(?:@!?%\w+\s+)?([a-z][a-z0-9]*(?:\.[\w:]+)*)\b")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"^(?:@!?%\w+\s+)?call(?:\.uni)?\s+(?:\([^)]*\)\s*,\s*)?([\w$]+)")]
    private static partial Regex CalledName();
}
