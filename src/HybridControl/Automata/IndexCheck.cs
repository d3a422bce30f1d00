using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks that what is active together is of index 1 by its structure.</summary>
/// <remarks>
/// Equations are matched to algebraic variables along the derivatives that are not identically zero, the rows of the mass
/// matrix to states along its entries. What no matching reaches has an index above 1, whatever the numbers. Regions whose
/// equations read each other's variables are looked at together, up to <see cref="ModeTable.Small"/> combinations of their
/// modes; beyond, a run tells when it comes to one. States that entries of the mass matrix connect are a block, which is looked
/// at once for all combinations that give it the same entries: time of the cube of its size.
/// </remarks>
internal sealed class IndexCheck(HybridAutomaton automaton, IReadOnlySet<Mode> sound, FindingList findings)
{
    private const int LargestRankCheck = 300;

    private readonly Dictionary<string, int> _numbers = automaton.States.Where(state => !state.IsAlgebraic).Select(state => state.Name).Distinct()
        .Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);

    private readonly HashSet<string> _algebraic = [.. automaton.States.Where(state => state.IsAlgebraic).Select(state => state.Name)];
    private readonly Dictionary<AlgebraicEquation, HashSet<string>> _occurrences = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _blocks = [];
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
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Mode mode in automaton.Modes)
        {
            foreach (string name in mode.Equations.Select(equation => equation.Variable).Concat(mode.Mass.Select(entry => entry.Row)))
            {
                owners.TryAdd(name, mode.Region);
            }
        }

        var groups = new NameGroups();
        foreach (Mode mode in automaton.Modes.Where(sound.Contains))
        {
            foreach (string read in mode.Equations.SelectMany(OccurrencesIn).Concat(mode.Mass.Select(entry => entry.Column)))
            {
                groups.Join(owners.GetValueOrDefault(read, mode.Region), mode.Region);
            }
        }

        return [.. automaton.Regions.GroupBy(groups.LeaderOf).Select(group => group.ToArray())];
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
        ILookup<string, int> numbers = Enumerable.Range(0, names.Length).ToLookup(column => names[column]);
        int[][] columns = [.. equations.Select(pair => OccurrencesIn(pair.Equation).SelectMany(name => numbers[name]).Order().ToArray())];
        var matching = new BipartiteMatching(columns, names.Length);
        string[] loose = [.. matching.Underdetermined.Select(column => names[column])];
        foreach (int row in matching.UnmatchedRows)
        {
            (int[] rows, int[] shared) = matching.Overdetermined(row);
            string place = $"modes.{equations[row].Mode.Name}.equations.{names[row]}";
            if (shared.Length == 0)
            {
                TellLoose(place, names[row], equations[row].Equation);
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

    // An equation that no algebraic variable changes.
    private void TellLoose(string place, string variable, AlgebraicEquation equation)
    {
        IReadOnlySet<string> read = ModeStatesCheck.StatesOf(equation.Residual);
        string[] idle = [.. read.Where(_algebraic.Contains)];
        if (idle.Length > 0)
        {
            Tell(place, "", $"the equation '{equation}' does not change with {Quoted(idle)}: steps, and factors of zero, determine nothing",
                $"Write an equation that changes with '{variable}' or another algebraic variable; put what switches into modes.");
        }
        else if (read.Count == 0)
        {
            Tell(place, "", $"the equation '{equation}' contains neither an algebraic variable nor a state, and determines nothing",
                $"Write an equation with '{variable}' in it, such as '{variable}' = 0.");
        }
        else
        {
            Tell(place, "", $"the equation '{equation}' contains no algebraic variable: it binds states to each other, and the index is above 1",
                "Differentiate it by time until an algebraic variable appears (a position twice, where forces are unknown), or remove a state.");
        }
    }

    private void CheckMass(Mode[] active)
    {
        var blocks = new NameGroups();
        foreach (MassEntry entry in active.SelectMany(mode => mode.Mass))
        {
            blocks.Join(entry.Row, entry.Column);
        }

        ILookup<string, Mode> givers = active.SelectMany(mode => mode.Mass.Select(entry => (mode, Block: blocks.LeaderOf(entry.Row)))).Distinct()
            .ToLookup(pair => pair.Block, pair => pair.mode);
        foreach (IGrouping<string, Mode> block in givers)
        {
            (Mode Mode, MassEntry Entry)[] entries =
                [.. block.SelectMany(mode => mode.Mass.Where(entry => blocks.LeaderOf(entry.Row) == block.Key).Select(entry => (mode, entry)))];
            // What is no state of all modes that are active has no row.
            string[] names = [.. entries.SelectMany(pair => new[] { pair.Entry.Row, pair.Entry.Column }).Distinct()
                .Where(name => _numbers.ContainsKey(name) && active.All(mode => mode.Has(name))).OrderBy(name => _numbers[name])];
            if (_blocks.Add(string.Join('\n', [.. block.Select(mode => mode.Name), "", .. names])))
            {
                CheckBlock(names, entries.ToLookup(pair => pair.Entry.Row));
            }
        }
    }

    private void CheckBlock(string[] names, ILookup<string, (Mode Mode, MassEntry Entry)> rows)
    {
        Dictionary<string, int> numbers = names.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        int[][] columns = [.. names.Select((name, i) => rows.Contains(name)
            ? rows[name].Where(pair => !IsZero(pair.Entry.Value)).Select(pair => numbers.GetValueOrDefault(pair.Entry.Column, -1)).Where(column => column >= 0).ToArray()
            : [i])];
        var matching = new BipartiteMatching(columns, names.Length);
        foreach (int row in matching.UnmatchedRows)
        {
            (int[] all, int[] shared) = matching.Overdetermined(row);
            Tell(PlaceOf(row, all), string.Join(',', all.Select(k => names[k])),
                shared.Length == 0
                    ? $"the row of '{names[row]}' in the mass matrix is zero"
                    : $"the mass matrix is singular: the rows of {Quoted(all.Select(k => names[k]))} hold the derivatives of {Quoted(shared.Select(k => names[k]))} only",
                $"Declare {Quoted(matching.UnmatchedColumns.Select(column => names[column]))} as algebraic with an equation, or give the missing entries.");
        }

        if (!matching.UnmatchedRows.Any() && names.Length <= LargestRankCheck && rows.SelectMany(row => row).All(pair => pair.Entry.Value.IsConstant) &&
            DependentRow(numbers, rows) is >= 0 and int dependent)
        {
            Tell(PlaceOf(dependent, []), "",
                $"the mass matrix is singular: the row of '{names[dependent]}' follows from the others",
                "Take the combinations that have derivatives as the states, and the combination of the rows that cancels them as an algebraic equation; or give other entries.");
        }

        // A row that nobody gives is that of a state without a mass: what clashes with it is given.
        string PlaceOf(int row, int[] all) =>
            $"modes.{rows[names[row]].Concat(all.SelectMany(k => rows[names[k]])).Concat(rows.SelectMany(given => given)).First().Mode.Name}.mass.{names[row]}";
    }

    // By the numbers, where they are known beforehand.
    private static int DependentRow(Dictionary<string, int> numbers, ILookup<string, (Mode Mode, MassEntry Entry)> rows)
    {
        var entries = new SortedDictionary<(int Row, int Column), double>();
        foreach ((string name, int row) in numbers)
        {
            entries[(row, row)] = rows.Contains(name) ? 0.0 : 1.0;
            foreach ((_, MassEntry entry) in rows[name].Where(pair => numbers.ContainsKey(pair.Entry.Column)))
            {
                entries[(row, numbers[entry.Column])] = entry.Value.Value;
            }
        }

        return RankCheck.DependentRow(SparsityPattern.Of(numbers.Count, entries.Keys), [.. entries.Values]);
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
