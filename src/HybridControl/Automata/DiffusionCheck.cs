using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks Wiener processes and the diffusions that name them.</summary>
internal sealed class DiffusionCheck(
    HybridAutomaton automaton, Declarations declarations, ExpressionCheck expressions, FindingList findings)
{
    public void Run()
    {
        HashSet<string> states = [.. automaton.States.Select(state => state.Name)];
        var processes = new HashSet<string>(StringComparer.Ordinal);
        foreach (WienerProcess process in automaton.WienerProcesses)
        {
            CheckProcess($"wiener.{process.Name}", process.Name, states, processes);
        }

        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (Mode mode in automaton.Modes)
        {
            var written = new HashSet<(string, string)>();
            foreach (DiffusionTerm term in mode.Diffusion)
            {
                used.Add(term.Process);
                CheckTerm($"modes.{mode.Name}.diffusion.{term.State}", term, processes, written);
            }
        }

        foreach (string name in processes.Where(name => !used.Contains(name)))
        {
            findings.Warn($"wiener.{name}", $"no diffusion uses the Wiener process '{name}'", "Use it, or remove it.");
        }
    }

    private void CheckProcess(string where, string name, HashSet<string> states, HashSet<string> processes)
    {
        if (Declarations.FaultOf(name) is { } fault)
        {
            findings.Error(where, fault.What, fault.Mend);
        }
        else if (!processes.Add(name))
        {
            findings.Error(where, $"the Wiener process '{name}' is declared twice", "Remove one of the two.");
        }
        else if (states.Contains(name))
        {
            findings.Error(where, $"the Wiener process '{name}' has the name of a state, which stands for the state's own process",
                "Rename it, or leave it out.");
        }
    }

    private void CheckTerm(string where, DiffusionTerm term, HashSet<string> processes, HashSet<(string, string)> written)
    {
        Declarations.Declaration? found = declarations.Find(term.State);
        if (found?.Kind != VariableKind.State)
        {
            findings.Error(
                where, found is null ? $"unknown state '{term.State}'" : $"'{term.State}' is {Declarations.Article(found.Word)}, and only states diffuse",
                Suggestions.For(term.State, declarations.NamesOf(VariableKind.State)));
        }

        bool own = term.Process == term.State;
        if (!own && !processes.Contains(term.Process))
        {
            findings.Error(where, $"unknown Wiener process '{term.Process}'", Suggestions.For(term.Process, processes));
        }

        if (!written.Add((term.State, term.Process)))
        {
            findings.Error(where, $"the process '{term.Process}' acts on '{term.State}' twice in this mode", "Add the two coefficients up.");
        }

        expressions.Check(own ? where : $"{where}.{term.Process}", term.Value);
    }
}
