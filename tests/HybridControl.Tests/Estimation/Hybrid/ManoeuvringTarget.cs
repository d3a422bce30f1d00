using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Hybrid;

/// <summary>A target in the plane that flies straight, or turns left or right, and changes between them at random times.</summary>
internal sealed class ManoeuvringTarget : ConsistencyProblem
{
    private const double Period = 2.0;
    private const double TurnRate = 0.1;
    private static readonly double[][] Rates = [[-0.1, 0.05, 0.05], [0.1, -0.1, 0.0], [0.1, 0.0, -0.1]];
    private readonly TransitionModel[] _modes = [.. new[] { 0.0, TurnRate, -TurnRate }.Select(Mode)];

    public ManoeuvringTarget()
        : base(
            "manoeuvring target",
            Mode(0.0),
            new LinearMeasurement(new double[,] { { 1, 0, 0, 0 }, { 0, 0, 1, 0 } }, new[,] { { 400.0, 0.0 }, { 0.0, 400.0 } }),
            GaussianBelief.FromDeviations([0, 100, 0, 0], [50, 10, 50, 10]),
            Period,
            steps: 30)
    {
    }

    /// <summary>An estimator that knows all this.</summary>
    public InteractingMultipleModel Estimator() => new(
        [.. _modes.Select(mode => new KalmanFilter(mode, Sensor, Initial))], MarkovChain.FromRates(Rates), [1.0, 0.0, 0.0]);

    /// <inheritdoc/>
    public override void Simulate(NormalDraws noise, double[][] states, double[][] measurements)
    {
        MarkovChain chain = MarkovChain.FromRates(Rates);
        double[] x = Initial.Mean.ToArray();
        Transition.Geometry.Add(x, noise.Times(Initial.Factor, 4));
        int mode = 0;
        var g = new double[16];
        for (int k = 0; k < Steps; k++)
        {
            double u = NormalLaw.Cdf(noise.Next());
            ReadOnlySpan<double> row = chain.Step(Period).Slice(3 * mode, 3);
            mode = u < row[0] ? 0 : u < row[0] + row[1] ? 1 : 2;
            Assert.That(_modes[mode].Noise(0.0, Period, x, [], g) && _modes[mode].Propagate(0.0, Period, x, [], states[k]));
            Transition.Geometry.Add(states[k], noise.Times(g, 4));
            x = states[k];
            Sensor.Predict(0.0, x, measurements[k]);
            measurements[k][0] += 20.0 * noise.Next();
            measurements[k][1] += 20.0 * noise.Next();
        }
    }

    // States east, its rate, north, its rate; velocity rotates.
    private static LinearTransition Mode(double rate)
    {
        const double density = 2.0;
        (double sine, double cosine) = Math.SinCos(rate * Period);
        double along = rate == 0.0 ? Period : sine / rate;
        double across = rate == 0.0 ? 0.0 : (1.0 - cosine) / rate;
        (double a, double b, double c) = (density * Math.Pow(Period, 3) / 3.0, density * Period * Period / 2.0, density * Period);
        return new LinearTransition(
            new[,] { { 1.0, along, 0.0, -across }, { 0.0, cosine, 0.0, -sine }, { 0.0, across, 1.0, along }, { 0.0, sine, 0.0, cosine } },
            new[,] { { a, b, 0.0, 0.0 }, { b, c, 0.0, 0.0 }, { 0.0, 0.0, a, b }, { 0.0, 0.0, b, c } });
    }
}
