using HybridControl.Automata;
using HybridControl.Diagnostics;

namespace HybridControl.Requirements.Robustness;

/// <summary>A formula with its atoms compiled for a model; made once, shared between runs and threads.</summary>
internal sealed class FormulaProgram
{
    private readonly Dictionary<Formula, int> _numbers = [];
    private readonly List<AtomProgram> _atoms = [];

    public FormulaProgram(Formula formula, CompiledAutomaton compiled)
    {
        Formula = formula;
        Collect(formula, compiled);
    }

    public Formula Formula { get; }

    /// <summary>An atom by number.</summary>
    public AtomProgram this[int number] => _atoms[number];

    /// <summary>The number of an atom of the formula.</summary>
    public int NumberOf(Formula atom) => _numbers[atom];

    private void Collect(Formula formula, CompiledAutomaton compiled)
    {
        if (formula.IsAtom && _numbers.TryAdd(formula, _atoms.Count))
        {
            if (compiled.ModeStates is not null && formula.Condition is { } condition &&
                ModeStatesCheck.FirstAbsent(compiled.Automaton, condition) is { } state)
            {
                throw new ModelException(
                    "requirement", $"reads the state '{state}', which does not exist in every mode", "Ask about what exists in every mode.");
            }

            _atoms.Add(new AtomProgram(formula, compiled));
        }

        foreach (Formula operand in formula.Operands)
        {
            Collect(operand, compiled);
        }
    }
}
