using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Plotting.Tests;

/// <summary>Estimations to draw: a cart seen by a radar, and a thermostat whose heater is not seen.</summary>
internal static class SampleEstimations
{
    private static readonly LinearMeasurement Radar =
        new(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new[,] { { 4.0, 0.0 }, { 0.0, 0.25 } }, ["range", "rate"]);

    /// <summary>A cart, filtered with q times the process noise that it has; the radar is blind for the second fifth, its rate for the last.</summary>
    public static (EstimationHistory History, double[] Times, double[] Positions, double[] Speeds) Cart(int steps = 250, double q = 1.0, double prior = 10.0)
    {
        KalmanFilter filter = CartFilter(q, prior);
        var recorder = new EstimationRecorder(["x", "v"], Radar.Names, stateUnits: ["m", "m/s"], measurementUnits: ["m", "m/s"]);
        (List<double> times, List<double> positions, List<double> speeds) = ([], [], []);
        Drive(filter, 1, steps, (truth, z) =>
        {
            recorder.Record(filter, z);
            times.Add(filter.Time);
            positions.Add(truth[0]);
            speeds.Add(truth[1]);
        });
        return (recorder.ToHistory(), [.. times], [.. positions], [.. speeds]);
    }

    /// <summary>The verdict over runs of the cart.</summary>
    public static ConsistencyReport Verdict(double q = 1.0, int runs = 50)
    {
        var judge = new ConsistencyAccumulator(2, 2, new() { States = ["x", "v"], Measurements = [.. Radar.Names] });
        for (int run = 0; run < runs; run++)
        {
            judge.BeginRun();
            KalmanFilter filter = CartFilter(q, 1.0);
            Drive(filter, (ulong)(100 + run), 100, (truth, _) =>
            {
                judge.AddInnovation(filter.Innovation);
                judge.AddError(truth, filter.Belief);
            });
        }

        return judge.ToReport();
    }

    /// <summary>A thermostat that is simulated; the more likely of a cooling and a heating filter is shown.</summary>
    public static (EstimationHistory History, Trajectory Truth) Thermostat()
    {
        Trajectory truth = SampleRuns.Thermostat();
        string state = truth.Model.States[0].Name;
        string[] modes = [.. truth.Model.Modes.Select(mode => mode.Name)];
        var recorder = new EstimationRecorder([state], [state], modes, ["degC"], ["degC"]);
        var shown = new ShownEstimator();
        double[] probability = [.. modes.Select(_ => 1.0 / modes.Length)];
        for (int k = 0; k < 160; k++)
        {
            double time = truth.StartTime + ((truth.EndTime - truth.StartTime) * k / 160.0);
            int mode = Array.IndexOf(modes, truth.At(time).Mode);
            for (int i = 0; i < modes.Length; i++)
            {
                probability[i] = (0.75 * probability[i]) + (0.25 * (i == mode ? 0.96 : 0.04 / Math.Max(1, modes.Length - 1)));
            }

            double value = truth.Sample(state, [time])[0];
            double z = value + (0.4 * Normal(9, k, 0));
            shown.Show(time, value + (0.15 * Normal(9, k, 1)), 0.2, z, 0.45);
            recorder.Record(shown, [z], modeProbabilities: probability);
        }

        return (recorder.ToHistory(), truth);
    }

    private static KalmanFilter CartFilter(double q, double prior) => new(
        new LinearTransition(new[,] { { 1.0, 0.2 }, { 0.0, 1.0 } }, new[,] { { 1e-4 * q, 0.0 }, { 0.0, 0.09 * q } }, stateNames: ["x", "v"]),
        Radar,
        GaussianBelief.FromDeviations([0, 0], [prior, prior]));

    private static void Drive(KalmanFilter filter, ulong seed, int steps, Action<double[], double[]> each)
    {
        double[] x = [Normal(seed, 0, 0), Normal(seed, 0, 1)];
        for (int k = 0; k < steps; k++)
        {
            x = [x[0] + (0.2 * x[1]) + (0.01 * Normal(seed, k, 2)), x[1] + (0.3 * Normal(seed, k, 3))];
            double[] z = [x[0] + (2.0 * Normal(seed, k, 4)), x[1] + (0.5 * Normal(seed, k, 5))];
            if (steps >= 150 && k > steps / 5 && k < 2 * steps / 5)
            {
                z = [double.NaN, double.NaN];
            }
            else if (steps >= 150 && k > 4 * steps / 5)
            {
                z[1] = double.NaN;
            }

            filter.Predict(0.2 * (k + 1));
            filter.Update(z);
            each(x, z);
        }
    }

    private static double Normal(ulong seed, long k, uint stream) => NormalLaw.Quantile(Philox4x32.Uniform(seed, k, stream, 0));
}
