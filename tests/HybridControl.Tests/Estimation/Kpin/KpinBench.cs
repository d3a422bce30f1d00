using HybridControl.Estimation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Kpin;

/// <summary>Corrections that are not learned, and models to try them on.</summary>
internal static class KpinBench
{
    public const double Step = 0.1;

    /// <summary>Models, linear and not, with two sensors of which a component is missing now and then.</summary>
    public static IEnumerable<ConsistencyProblem> Problems => [ConsistencyProblem.Tracking(), ConsistencyProblem.Pendulum()];

    /// <summary>A design that lets everything be corrected and drives every state.</summary>
    public static KpinDesign Design(ConsistencyProblem problem, KpinLevel level, KpinInputs use = KpinInputs.Innovation | KpinInputs.Correction | KpinInputs.Step)
    {
        int n = problem.Transition.StateCount;
        var influence = new double[n, 2];
        influence[n - 1, 0] = 1.0;
        influence[0, 1] = 0.5;
        return new(level, new(n, 0, problem.Sensor.Count, use), influence, 2.0, 0.3);
    }

    /// <summary>The cubic spring as the truth has it and as the model lacks it.</summary>
    public static ExpressionTransition Spring(double cubic, double noise) => ExpressionTransition.Build(m =>
    {
        Expr x = m.State("x");
        Expr v = m.State("v");
        m.Next(x, x + (m.Step * v));
        m.Next(v, v - (m.Step * ((4.0 * x) + (0.6 * v) + (cubic * x * x * x))));
        m.Noise(new[,] { { 1e-8, 0.0 }, { 0.0, noise * noise } });
    });

    /// <summary>A correction that says what a function says.</summary>
    public sealed class Given(Action<double[], KpinOutput> say) : IKpinCorrection
    {
        public void Evaluate(ReadOnlySpan<double> features, KpinOutput output) => say(features.ToArray(), output);

        public IKpinCorrection Fork() => this;
    }

    private sealed class Silence : IKpinCorrection
    {
        public void Evaluate(ReadOnlySpan<double> features, KpinOutput output)
        {
        }

        public IKpinCorrection Fork() => this;
    }

    /// <summary>A correction that says nothing.</summary>
    public static IKpinCorrection Nothing { get; } = new Silence();

    /// <summary>An estimator with a correction that says nothing, at the level of everything.</summary>
    public static KpinEstimator Untrained(ConsistencyProblem problem) =>
        new(problem.Transition.Fork(), problem.Sensor.Fork(), problem.Initial, Design(problem, KpinLevel.Gain), Nothing);

    /// <summary>A correction that draws what it says anew in each step, as far out as it can.</summary>
    public static Given Nonsense(ulong seed)
    {
        var draws = new NormalDraws(seed, 0);
        return new((_, output) =>
        {
            draws.Fill(output.Residual);
            draws.Fill(output.ProcessScales);
            draws.Fill(output.MeasurementScales);
            draws.Fill(output.Gain);
            foreach (ref double value in output.Residual)
            {
                value *= 10.0;
            }
        });
    }
}
