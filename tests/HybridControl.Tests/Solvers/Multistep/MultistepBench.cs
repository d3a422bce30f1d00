using HybridControl.Dynamics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers.Multistep;

/// <summary>Steppers with a memory on problems that are known.</summary>
internal static class MultistepBench
{
    public static AdaptiveSolver[] Solvers { get; } = [new Bdf(), new Adams()];

    /// <summary>A right-hand side of n states, whose expressions are given the states.</summary>
    public static OdeFunction Flow(int n, Func<Expr[], Expr[]> derivatives)
    {
        var slots = new SlotMap();
        var states = new Expr[n];
        for (int i = 0; i < n; i++)
        {
            slots.Add(VariableKind.State, $"x{i}");
            states[i] = Expr.Variable(VariableKind.State, $"x{i}");
        }

        return OdeBench.Compile(slots, derivatives(states));
    }

    /// <summary>Robertson's reaction: three rates apart by nine powers of ten.</summary>
    public static OdeFunction Robertson { get; } = Flow(3, x =>
    {
        Expr a = (-0.04 * x[0]) + (1e4 * x[1] * x[2]);
        Expr c = 3e7 * x[1] * x[1];
        return [a, -a - c, c];
    });

    /// <summary>Van der Pol's oscillator in the scale of its slow time: mu^2 = 1 / epsilon.</summary>
    public static OdeFunction VanDerPol(double mu) => Flow(2, x => [x[1], (((1.0 - (x[0] * x[0])) * x[1]) - x[0]) * (mu * mu)]);

    private static OdeFunction Swing { get; } = Flow(2, x => [x[1], -x[0]]);

    /// <summary>Runs to a time.</summary>
    public static StepStatus Run(Stepper stepper, double until)
    {
        while (stepper.Time < until)
        {
            StepStatus status = stepper.Step(until);
            if (status != StepStatus.Accepted)
            {
                return status;
            }

            stepper.Accept();
        }

        return StepStatus.Accepted;
    }

    /// <summary>A swing, from (1, 0): where it is at a time.</summary>
    public static double[] SwingAt(double t) => [Math.Cos(t), -Math.Sin(t)];

    /// <summary>A stepper of one order and size that knows the exact past of a swing.</summary>
    public static Stepper Held(AdaptiveSolver solver, int order, double size)
    {
        Stepper stepper = OdeBench.Start(
            solver with { RelativeTolerance = 1e-13, AbsoluteTolerance = 1e-13 }, Swing, 0.0, SwingAt(0.0));
        double[] past = [.. Enumerable.Range(0, order + 1).SelectMany(j => SwingAt(-j * size))];
        if (stepper is BdfStepper bdf)
        {
            bdf.Hold(order, size, past);
        }
        else
        {
            ((AdamsStepper)stepper).Hold(order, size, past);
        }

        return stepper;
    }

    /// <summary>A value of a dense output.</summary>
    public static double At(ReadOnlySpan<double> coefficients, double theta)
    {
        double value = 0.0;
        for (int k = coefficients.Length - 1; k >= 0; k--)
        {
            value = (value * theta) + coefficients[k];
        }

        return value;
    }
}
