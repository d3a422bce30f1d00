using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>Collects the parts of a model in discrete time while a C# lambda describes it.</summary>
/// <remarks>States keep their value unless <see cref="Next"/> says otherwise. Not thread-safe. Nothing is checked until the model is complete.</remarks>
public sealed class DiscreteModelBuilder
{
    private readonly List<string> _states = [];
    private readonly List<string> _inputs = [];
    private readonly Dictionary<string, Expr> _next = [];
    private readonly FindingList _findings = new();

    internal DiscreteModelBuilder()
    {
    }

    /// <summary>Time at the beginning of a step, in seconds.</summary>
    public Expr Time { get; } = Expr.Time;

    /// <summary>The length of a step, in seconds.</summary>
    public Expr Step { get; } = Expr.Variable(VariableKind.Parameter, ExpressionTransition.StepName);

    /// <summary>Declares a state.</summary>
    public Expr State(string name)
    {
        if (_states.Contains(name))
        {
            _findings.Error($"states.{name}", "the state is declared twice", "Rename one.");
        }

        _states.Add(name);
        return Expr.Variable(VariableKind.State, name);
    }

    /// <summary>Declares an input, constant during a step.</summary>
    public Expr Input(string name)
    {
        if (_inputs.Contains(name))
        {
            _findings.Error($"inputs.{name}", "the input is declared twice", "Rename one.");
        }

        _inputs.Add(name);
        return Expr.Variable(VariableKind.Input, name);
    }

    /// <summary>Says what a state is after a step, from the values before it.</summary>
    public void Next(Expr state, Expr value)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Operation != Operation.Variable || state.Kind != VariableKind.State)
        {
            _findings.Error("next", $"'{state}' is not a state", "Give what State(...) returned.");
        }
        else if (!_next.TryAdd(state.Name!, value))
        {
            _findings.Error($"next.{state.Name}", "the state is given twice", "Keep one.");
        }
    }

    /// <summary>Noise of constant covariance: Q, n by n, in the order of the declared states.</summary>
    public void Noise(double[,] covariance) => Covariance = covariance;

    /// <summary>Noise through a factor of expressions: Q = G G', G n by q; it may depend on states and step.</summary>
    public void NoiseFactor(Expr[,] factor) => Factor = factor;

    internal double[,]? Covariance { get; private set; }

    internal Expr[,]? Factor { get; private set; }

    internal IReadOnlyList<string> States => _states;

    internal IReadOnlyList<string> Inputs => _inputs;

    internal Expr[] NextValues => [.. _states.Select(name => _next.GetValueOrDefault(name, Expr.Variable(VariableKind.State, name)))];

    /// <summary>The noise factor G; no columns where no noise was declared.</summary>
    internal Expr[,] NoiseExpressions()
    {
        int n = _states.Count;
        if (Factor is not null)
        {
            return Factor;
        }

        if (Covariance is null)
        {
            return new Expr[n, 0];
        }

        Matrices.CheckSize("noise", Covariance, n, n);
        double[] factor = CovarianceFactor.Of(Matrices.Flatten(Covariance, "noise"), n, "noise");
        var expressions = new Expr[n, n];
        for (int i = 0; i < n * n; i++)
        {
            expressions[i / n, i % n] = factor[i];
        }

        return expressions;
    }

    /// <summary>Throws every finding at once.</summary>
    internal void ThrowIfInvalid()
    {
        if (_states.Count == 0)
        {
            _findings.Error("states", "the model has no states", "Declare at least one.");
        }

        if (Factor is not null && Factor.GetLength(0) != _states.Count)
        {
            _findings.Error(
                "noise", $"the factor has {Factor.GetLength(0)} rows for {_states.Count} states", "Give one row for each state.");
        }

        string[] known = [.. _states, .. _inputs];
        var expressions = new List<Expr>(_next.Values);
        foreach (Expr entry in Factor ?? new Expr[0, 0])
        {
            expressions.Add(entry);
        }

        foreach (Expr variable in ExpressionVariables.Of(expressions))
        {
            bool declared = variable.Kind switch
            {
                VariableKind.Time => true,
                VariableKind.State => _states.Contains(variable.Name!),
                VariableKind.Input => _inputs.Contains(variable.Name!),
                _ => variable.Name == ExpressionTransition.StepName,
            };
            if (!declared)
            {
                _findings.Error($"'{variable.Name}'", "the model does not declare it", Suggestions.For(variable.Name!, known));
            }
        }

        if (_findings.Count > 0)
        {
            throw new ModelException(_findings.ToImmutable());
        }
    }
}
