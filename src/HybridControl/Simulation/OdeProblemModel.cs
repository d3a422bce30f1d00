using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Symbolics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Simulation;

/// <summary>An initial value problem as an automaton of one mode whose time runs forward: backward, its time is -t.</summary>
internal sealed class OdeProblemModel
{
    private const string Name = "problem";
    private const string Mode = "flow";

    private readonly OdeProblem _problem;
    private readonly bool _backward;
    private readonly Replacement _mirror = new(e => e is { Operation: Operation.Variable, Kind: VariableKind.Time } ? -Expr.Time : null);

    private OdeProblemModel(OdeProblem problem, bool backward) => (_problem, _backward) = (problem, backward);

    /// <summary>The automaton, and the watches as its monitors.</summary>
    /// <exception cref="ModelException">What the problem says does not go together; every finding at once.</exception>
    public static (HybridAutomaton Automaton, EventMonitor[] Monitors) Of(OdeProblem problem, bool backward)
    {
        Finding[] findings = [.. Check(problem)];
        return findings.Length > 0 ? throw new ModelException(findings) : new OdeProblemModel(problem, backward).Make();
    }

    /// <summary>A finding about the automaton as one about the problem.</summary>
    public static Finding InTermsOf(Finding finding)
    {
        foreach ((string own, string place) in new[]
        {
            ($"{Name}, ", ""), ($"modes.{Mode}.flow.", "states."), ($"modes.{Mode}.equations.", "algebraic."), ($"modes.{Mode}.mass.", "mass."),
            ($"modes.{Mode}.flow", "function"), ($"modes.{Mode}.", ""), ("monitor ", "watches."),
        })
        {
            finding = finding.Where.StartsWith(own, StringComparison.Ordinal) ? finding with { Where = place + finding.Where[own.Length..] } : finding;
        }

        return finding;
    }

    /// <summary>Why a run ended, without its mode and in the time of the problem.</summary>
    public static string InTermsOf(string reason, double time)
    {
        const string Behind = " s, j = 0: ";
        int place = reason.StartsWith($"{Name}, mode '{Mode}', t = ", StringComparison.Ordinal) ? reason.IndexOf(Behind, StringComparison.Ordinal) : -1;
        return place < 0 ? reason : FormattableString.Invariant($"t = {time:R} s: {reason[(place + Behind.Length)..]}");
    }

    private static IEnumerable<Finding> Check(OdeProblem problem)
    {
        foreach (OdeState state in problem.States.Where(state => problem.Function is not null && !(state.Derivative.IsConstant && state.Derivative.Value == 0.0)))
        {
            yield return new($"states.{state.Name}", "a derivative beside a function that writes all of them", "Remove one of the two.");
        }

        if (problem.Function is null && (problem.Jacobian is not null || problem.Pattern is not null))
        {
            yield return new("jacobian", "a Jacobian or its pattern for derivatives of expressions", "Remove it: it follows from the expressions.");
        }

        if (problem.Pattern is { } pattern && pattern.Size != problem.States.Length)
        {
            yield return new(
                "pattern", FormattableString.Invariant($"a pattern of {pattern.Size} rows for {problem.States.Length} states"), "Give one row and column for each state.");
        }

        foreach (IGrouping<string, OdeWatch> watches in problem.Watches.GroupBy(watch => watch.Name).Where(watches => watches.Skip(1).Any()))
        {
            yield return new($"watches.{watches.Key}", "the name stands for several conditions", "Give each watch a name of its own.");
        }
    }

    private static EdgeDirection DirectionOf(RootDirection direction, bool backward) => direction switch
    {
        RootDirection.Both => EdgeDirection.Both,
        RootDirection.Up => backward ? EdgeDirection.Down : EdgeDirection.Up,
        _ => backward ? EdgeDirection.Up : EdgeDirection.Down,
    };

    private (HybridAutomaton Automaton, EventMonitor[] Monitors) Make()
    {
        var automaton = new HybridAutomaton
        {
            Name = Name,
            States =
            [
                .. _problem.States.Select(state => new StateVariable(state.Name, state.Initial)),
                .. _problem.Algebraic.Select(variable => new StateVariable(variable.Name, variable.Start) { IsAlgebraic = true }),
            ],
            Parameters = [.. _problem.Parameters.Select(parameter => new Parameter(parameter.Name, parameter.Value))],
            Modes =
            [
                new Mode(Mode, FlowOf(), [])
                {
                    Equations = [.. _problem.Algebraic.Select(variable => new AlgebraicEquation(variable.Name, Mirrored(variable.Residual), Expr.Zero))],
                    Mass = [.. _problem.Mass.Select(entry => new MassEntry(entry.Row, entry.Column, entry.Value))],
                },
            ],
            InitialMode = Mode,
        };
        return
        (
            automaton,
            [
                .. _problem.Watches.Select(watch => new EventMonitor(
                    watch.Name, _backward ? _mirror.Of(watch.Condition) : watch.Condition, DirectionOf(watch.Direction, _backward))),
            ]
        );
    }

    private Expr Mirrored(Expr e) => _backward ? _mirror.Of(e) : e;

    private Flow FlowOf() => _problem.Function is null
        ? new ExprFlow([.. _problem.States.Select(state => new Assignment(state.Name, _backward ? -Mirrored(state.Derivative) : state.Derivative))])
        : new DelegateFlow(_backward ? Backward(_problem.Function) : Forward(_problem.Function))
        {
            Jacobian = _problem.Jacobian is null ? null : _backward ? Backward(_problem.Jacobian) : Forward(_problem.Jacobian),
            Pattern = _problem.Pattern,
        };

    private static FlowFunction Forward(OdeRightSide function) => (time, states, _, derivatives) => function(time, states, derivatives);

    private static FlowJacobian Forward(OdeJacobian function) => (time, states, _, jacobian) => function(time, states, jacobian);

    private static FlowFunction Backward(OdeRightSide function) => (time, states, _, derivatives) =>
    {
        function(-time, states, derivatives);
        foreach (ref double derivative in derivatives)
        {
            derivative = -derivative;
        }
    };

    private static FlowJacobian Backward(OdeJacobian function) => (time, states, _, jacobian) =>
    {
        function(-time, states, jacobian);
        foreach (ref double entry in jacobian.AsColumnMajorArray().AsSpan())
        {
            entry = -entry;
        }
    };
}
