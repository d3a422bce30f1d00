using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks that what is active together is of index 1 by its structure.</summary>
/// <remarks>
/// Equations are matched to algebraic variables along the derivatives that are not identically zero, the rows of the mass
/// matrix to states along its entries. What no matching reaches has an index above 1, whatever the numbers. Regions whose
/// equations read each other's variables are looked at together, up to <see cref="ModeTable.Small"/> combinations of their
/// modes; beyond, a run tells when it comes to one.
/// </remarks>
internal sealed class IndexCheck(HybridAutomaton automaton, IReadOnlySet<Mode> sound, FindingList findings)
{
    private const int LargestRankCheck = 300;

    private readonly HashSet<string> _algebraic = [.. automaton.States.Where(state => state.IsAlgebraic).Select(state => state.Name)];
    private readonly Dictionary<AlgebraicEquation, HashSet<string>> _occurrences = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _told = [];

    public void Run()
    {
        foreach (string[] group in Groups())
        {
            Mode[][] choices = [.. group.Select(region => automaton.Modes.Where(mode => mode.Region == region).ToArray())];
            if (choices.Aggregate(1.0, (product, modes) => product * modes.Length) <= ModeTable.Small)
            {
                foreach (Mode[] active in Combinations(choices).Where(active => active.All(sound.Contains)))
                {
                    CheckEquations(active);
                    CheckMass(active);
                }
            }
        }
    }

    private static IEnumerable<Mode[]> Combinations(Mode[][] choices)
    {
        IEnumerable<Mode[]> combinations = [[]];
        foreach (Mode[] modes in choices)
        {
            combinations = combinations.SelectMany(active => modes.Select(mode => (Mode[])[.. active, mode]));
        }

        return combinations;
    }

    // Regions that have to be looked at together, in their order.
    private List<string[]> Groups()
    {
        string[] regions = [.. automaton.Regions];
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Mode mode in automaton.Modes)
        {
            foreach (string name in mode.Equations.Select(equation => equation.Variable).Concat(mode.Mass.Select(entry => entry.Row)))
            {
                owners.TryAdd(name, mode.Region);
            }
        }

        Dictionary<string, string> leaders = regions.ToDictionary(region => region);
        string LeaderOf(string region) => leaders[region] == region ? region : LeaderOf(leaders[region]);
        foreach (Mode mode in automaton.Modes.Where(sound.Contains))
        {
            foreach (string read in mode.Equations.SelectMany(OccurrencesIn).Concat(mode.Mass.Select(entry => entry.Column)))
            {
                leaders[LeaderOf(owners.GetValueOrDefault(read, mode.Region))] = LeaderOf(mode.Region);
            }
        }

        return [.. regions.GroupBy(LeaderOf).Select(group => group.ToArray())];
    }

    private HashSet<string> OccurrencesIn(AlgebraicEquation equation)
    {
        if (!_occurrences.TryGetValue(equation, out HashSet<string>? names))
        {
            string[] read = [.. ModeStatesCheck.StatesOf(equation.Residual).Where(_algebraic.Contains)];
            Expr[,] jacobian = Differentiator.Jacobian([equation.Residual], [.. read.Select(name => Expr.Variable(VariableKind.State, name))]);
            names = [.. read.Where((_, i) => !IsZero(jacobian[0, i]))];
            _occurrences.Add(equation, names);
        }

        return names;
    }

    private void CheckEquations(Mode[] active)
    {
        (Mode Mode, AlgebraicEquation Equation)[] equations =
        [
            .. automaton.States.Where(state => state.IsAlgebraic)
                .SelectMany(state => active.SelectMany(mode => mode.Equations.Where(equation => equation.Variable == state.Name).Select(equation => (mode, equation)))),
        ];
        string[] names = [.. equations.Select(pair => pair.Equation.Variable)];
        int[][] columns = [.. equations.Select(pair => Enumerable.Range(0, names.Length)
            .Where(column => OccurrencesIn(pair.Equation).Contains(names[column])).ToArray())];
        var matching = new BipartiteMatching(columns, names.Length);
        string[] loose = [.. matching.Underdetermined.Select(column => names[column])];
        foreach (int row in matching.UnmatchedRows)
        {
            (int[] rows, int[] shared) = matching.Overdetermined(row);
            string place = $"modes.{equations[row].Mode.Name}.equations.{names[row]}";
            if (shared.Length == 0)
            {
                Tell(place, "", $"the equation '{equations[row].Equation}' contains no algebraic variable: it binds states to each other, and the index is above 1",
                    "Differentiate it by time until an algebraic variable appears (a position twice, where forces are unknown), or remove a state.");
                continue;
            }

            Mode[] others = [.. rows.Select(k => equations[k].Mode).Distinct().Where(mode => mode != equations[row].Mode)];
            string together = others.Length == 0 ? "" : $"while {Quoted(others.Select(mode => mode.Name))} {(others.Length == 1 ? "is" : "are")} active, ";
            Tell(place, string.Join(',', rows.Select(k => $"{equations[k].Mode.Name}.{names[k]}")),
                $"{together}the equations of {Quoted(rows.Select(k => names[k]))} determine only {Quoted(shared.Select(k => names[k]))}, and too few are left for " +
                    $"{Quoted(loose)}: the index is above 1",
                $"Let one of these equations contain {Quoted(loose)}: differentiate the one that binds states by time, or remove what is said twice.");
        }
    }

    private void CheckMass(Mode[] active)
    {
        string[] names = [.. automaton.States.Where(state => !state.IsAlgebraic && active.All(mode => mode.Has(state.Name))).Select(state => state.Name)];
        ILookup<string, (Mode Mode, MassEntry Entry)> rows = active.SelectMany(mode => mode.Mass.Select(entry => (mode, entry)))
            .ToLookup(pair => pair.entry.Row);
        int[][] columns = [.. names.Select((name, i) => rows.Contains(name)
            ? rows[name].Where(pair => !IsZero(pair.Entry.Value)).Select(pair => Array.IndexOf(names, pair.Entry.Column)).Where(column => column >= 0).ToArray()
            : [i])];
        var matching = new BipartiteMatching(columns, names.Length);
        foreach (int row in matching.UnmatchedRows)
        {
            (int[] all, int[] shared) = matching.Overdetermined(row);
            Tell(PlaceOf(row), string.Join(',', all),
                shared.Length == 0
                    ? $"the row of '{names[row]}' in the mass matrix is zero"
                    : $"the mass matrix is singular: the rows of {Quoted(all.Select(k => names[k]))} hold the derivatives of {Quoted(shared.Select(k => names[k]))} only",
                $"Declare {Quoted(matching.UnmatchedColumns.Select(column => names[column]))} as algebraic with an equation, or give the missing entries.");
        }

        if (!matching.UnmatchedRows.Any() && names.Length <= LargestRankCheck && rows.SelectMany(row => row).All(pair => pair.Entry.Value.IsConstant) &&
            DependentRow(names, rows) is >= 0 and int dependent)
        {
            Tell(PlaceOf(dependent), "",
                $"the mass matrix is singular: the row of '{names[dependent]}' follows from the others",
                "Take the combinations that have derivatives as the states, and the combination of the rows that cancels them as an algebraic equation; or give other entries.");
        }

        string PlaceOf(int row) => $"modes.{(rows[names[row]].FirstOrDefault().Mode ?? active[0]).Name}.mass.{names[row]}";
    }

    // By the numbers, where they are known beforehand.
    private static int DependentRow(string[] names, ILookup<string, (Mode Mode, MassEntry Entry)> rows)
    {
        if (rows.Count == 0)
        {
            return -1;
        }

        var entries = new SortedDictionary<(int Row, int Column), double>();
        for (int i = 0; i < names.Length; i++)
        {
            entries.Add((i, i), rows.Contains(names[i]) ? 0.0 : 1.0);
            foreach ((_, MassEntry entry) in rows[names[i]].Where(pair => names.Contains(pair.Entry.Column)))
            {
                entries[(i, Array.IndexOf(names, entry.Column))] = entry.Value.Value;
            }
        }

        return RankCheck.DependentRow(SparsityPattern.Of(names.Length, entries.Keys), [.. entries.Values]);
    }

    // Other combinations of modes may have the same fault.
    private void Tell(string where, string rows, string what, string mend)
    {
        if (_told.Add($"{where}: {(rows.Length == 0 ? what : rows)}"))
        {
            findings.Error(where, what, mend);
        }
    }

    private static bool IsZero(Expr expression) => expression.IsConstant && expression.Value == 0.0;

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
