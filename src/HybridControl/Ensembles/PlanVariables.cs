using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles;

/// <summary>The variables of a model by name, for the conditions and expressions of a plan written in C#.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class PlanVariables
{
    private readonly HybridAutomaton _model;
    private readonly AutomatonScope _scope;

    internal PlanVariables(HybridAutomaton model)
    {
        _model = model;
        _scope = new(model);
    }

    /// <summary>Time, in seconds.</summary>
    public Expr Time { get; } = Expr.Time;

    /// <summary>A state, discrete variable, parameter, input or output.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ModelException">The model has no variable of that name.</exception>
    public Expr this[string name] => _scope.TryGetName(name, out Expr expression)
        ? expression
        : throw new ModelException(_model.Name, $"unknown name '{name}'", Suggestions.For(name, _scope.Names));
}
