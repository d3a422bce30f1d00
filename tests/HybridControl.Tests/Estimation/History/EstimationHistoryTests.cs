using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Tests.Estimation.Diagnostics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.History;

public sealed class EstimationHistoryTests
{
    private static readonly LinearTransition Cart = new(
        new[,] { { 1.0, 0.1 }, { 0.0, 1.0 } }, new[,] { { 1e-4, 0.0 }, { 0.0, 0.04 } }, stateNames: ["p", "v"]);

    private static readonly LinearMeasurement Ruler = new(new[,] { { 1.0, 0.0 } }, new[,] { { 0.25 } }, ["ruler"]);
    private static readonly LinearMeasurement Radar = new(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new[,] { { 4.0, 0.0 }, { 0.0, 0.01 } }, ["range", "rate"]);

    [Test]
    public void A_row_holds_what_the_estimator_showed()
    {
        KalmanFilter filter = Filter();
        EstimationRecorder recorder = new(["p", "v"], ["ruler"], keepFactors: true);
        recorder.RecordPrediction(filter);
        filter.Predict(0.1);
        filter.Update([2.0]);
        recorder.Record(filter, [2.0]);
        filter.Predict(0.2);
        filter.Update([double.NaN]);
        recorder.Record(filter, [double.NaN]);
        EstimationHistory history = recorder.ToHistory();

        // P = diag(1, 1) moves to p variance 1.01 + 1e-4, S adds 0.25.
        double s = 1.0101 + 0.25;
        Assert.Multiple(() =>
        {
            Assert.That(history.Times.ToArray(), Is.EqualTo(new[] { 0.0, 0.1, 0.2 }));
            Assert.That(history.Degrees(0), Is.Zero);
            Assert.That(history.Nis(0), Is.NaN);
            Assert.That(history.Innovation(1)[0], Is.EqualTo(2.0));
            Assert.That(history.InnovationDeviation(1)[0], Is.EqualTo(Math.Sqrt(s)).Within(1e-15));
            Assert.That(history.InnovationFactor(1).ToArray(), Is.EqualTo(new[] { Math.Sqrt(s) }).Within(1e-15));
            Assert.That(history.Nis(1), Is.EqualTo(4.0 / s).Within(1e-14));
            Assert.That(history.LogLikelihood(1), Is.EqualTo(-0.5 * (Math.Log(2 * Math.PI * s) + (4.0 / s))).Within(1e-14));
            Assert.That(history.MeanOf("p")[1], Is.EqualTo(2.0 * 1.0101 / s).Within(1e-14));
            Assert.That(history.DeviationOf("p")[1], Is.EqualTo(Math.Sqrt(1.0101 * 0.25 / s)).Within(1e-14));
            Assert.That(history.Status(1), Is.EqualTo(EstimationStatus.Done));
            Assert.That(history.Status(2), Is.EqualTo(EstimationStatus.Missing));
            Assert.That(history.LogLikelihood(2), Is.Zero);
            Assert.That(history.Factor(2).ToArray(), Is.EqualTo(filter.Belief.Factor.ToArray()));
            Assert.That(history.TotalLogLikelihood, Is.EqualTo(filter.LogLikelihood));
        });
    }

    [Test]
    public void Sensors_share_a_history()
    {
        KalmanFilter filter = Filter();
        EstimationRecorder recorder = new(["p", "v"], ["ruler", "range", "rate"]);
        filter.Predict(0.1);
        filter.Update([double.NaN, 0.3], Radar);
        recorder.Record(filter, [double.NaN, 0.3], Radar);
        filter.Update([0.5], Ruler);
        recorder.Record(filter, [0.5], Ruler);
        EstimationHistory history = recorder.ToHistory();
        Assert.Multiple(() =>
        {
            Assert.That(history.Measurement(0).ToArray(), Is.EqualTo(new[] { double.NaN, double.NaN, 0.3 }));
            Assert.That(history.Innovation(0)[2], Is.EqualTo(0.3));
            Assert.That(history.Measurement(1).ToArray(), Is.EqualTo(new[] { 0.5, double.NaN, double.NaN }));
            Assert.That(history.Degrees(1), Is.EqualTo(1));
            Assert.That(
                () => recorder.Record(filter, [1.0], new LinearMeasurement(new[,] { { 0.0, 1.0 } }, new[,] { { 1.0 } }, ["pitot"])),
                Throws.TypeOf<ModelException>().With.Message.Contains("pitot").And.Message.Contains("ruler, range, rate"));
        });
    }

    [Test]
    public void A_history_judges_its_innovations_as_they_came()
    {
        EstimationHistory history = Simulated(4, steps: 800, out ConsistencyReport direct);
        ConsistencyReport judged = history.Judge();
        Assert.Multiple(() =>
        {
            Assert.That(judged.IsConsistent, Is.True, judged.ToString());
            Assert.That(judged.Nis!.Ratio, Is.EqualTo(direct.Nis!.Ratio).Within(1e-12));
            Assert.That(judged.Measurements.Select(one => one.Name), Is.EqualTo(new[] { "range", "rate" }));
            Assert.That(judged.Measurements[1].Whiteness!.LjungBox, Is.EqualTo(direct.Measurements[1].Whiteness!.LjungBox).Within(1e-9));
        });
    }

    [Test]
    public void Kalman_filter_of_the_true_model_is_inside_its_bands_over_two_hundred_runs()
    {
        var judge = new ConsistencyAccumulator(2, 2, new() { States = ["p", "v"], Measurements = ["range", "rate"] });
        for (int run = 0; run < 200; run++)
        {
            judge.BeginRun();
            Run((ulong)run, 50, judge, null);
        }

        ConsistencyReport report = judge.ToReport();
        Assert.Multiple(() =>
        {
            Assert.That(report.IsConsistent, Is.True, report.ToString());
            Assert.That(report.Nees!.Runs, Is.EqualTo(200));
            Assert.That(report.Nees.ShareOutside, Is.LessThanOrEqualTo(0.16));
        });
    }

    [Test]
    public void A_part_of_a_history_is_a_history()
    {
        EstimationHistory history = Simulated(5, steps: 40, out _);
        EstimationHistory part = history.Between(1.0, 2.0);
        Assert.Multiple(() =>
        {
            Assert.That(part.Times[0], Is.EqualTo(1.0).Within(1e-12));
            Assert.That(part.Count, Is.EqualTo(11));
            Assert.That(part.Mean(3).ToArray(), Is.EqualTo(history.Mean(12).ToArray()));
            Assert.That(() => history.Between(10, 11), Throws.TypeOf<ModelException>().With.Message.Contains("lasts from"));
            Assert.That(() => history.MeanOf("q"), Throws.TypeOf<ModelException>().With.Message.Contains("unknown name 'q'"));
        });
    }

    [Test]
    public void Csv_holds_every_number_to_the_last_digit()
    {
        EstimationHistory history = Simulated(6, steps: 20, out _);
        string path = Path.Combine(Directory.CreateTempSubdirectory("history").FullName, "run.csv");
        try
        {
            history.SaveCsv(path);
            Assert.Multiple(() =>
            {
                Assert.That(File.ReadLines(path).First(), Is.EqualTo(
                    "t,p,sd(p),v,sd(v),z(range),nu(range),sd(nu(range)),z(rate),nu(rate),sd(nu(rate)),nis,degrees,loglikelihood,status"));
                Assert.That(CsvColumn.Read(path, "sd(v)"), Is.EqualTo(history.DeviationOf("v")));
                Assert.That(CsvColumn.Read(path, "t"), Is.EqualTo(history.Times.ToArray()));
                Assert.That(CsvColumn.Read(path, "nis"), Is.EqualTo(Enumerable.Range(0, 20).Select(history.Nis)));
                Assert.That(CsvColumn.Read(path, "nu(rate)")[7], Is.EqualTo(history.Innovation(7)[1]));
            });
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Test]
    public void Modes_are_recorded_with_their_probabilities()
    {
        EstimationRecorder recorder = new(["p", "v"], modes: ["off", "on"]);
        recorder.RecordPrediction(Filter(), [0.25, 0.75]);
        Assert.Multiple(() =>
        {
            Assert.That(recorder.ToHistory().ModeProbability(0).ToArray(), Is.EqualTo(new[] { 0.25, 0.75 }));
            Assert.That(() => recorder.RecordPrediction(Filter()), Throws.TypeOf<ModelException>().With.Message.Contains("modes"));
            Assert.That(() => new EstimationRecorder(["p", "p"]), Throws.TypeOf<ModelException>().With.Message.Contains("twice"));
        });
    }

    [Test]
    public void An_estimator_that_knows_modes_is_asked_for_them()
    {
        var imm = new InteractingMultipleModel([Filter(), Filter()], MarkovChain.FromRows([0.9, 0.1], [0.2, 0.8]), [0.3, 0.7]);
        EstimationRecorder recorder = new(["p", "v"], ["ruler"], ["calm", "rough"]);
        imm.Predict(0.1);
        imm.Update([0.5]);
        recorder.Record(imm, [0.5]);
        EstimationHistory history = recorder.ToHistory();

        // Both filters are the same, so the measurement tells nothing: 0.3 * 0.9 + 0.7 * 0.2.
        Assert.That(history.ModeProbability(0).ToArray(), Is.EqualTo(new[] { 0.41, 0.59 }).Within(1e-12));
        Assert.That(history.InnovationDeviation(0)[0], Is.EqualTo(Math.Sqrt(1.0101 + 0.25)).Within(1e-12));
    }

    [Test]
    public void Recording_allocates_nothing_while_there_is_room()
    {
        KalmanFilter filter = Filter();
        EstimationRecorder recorder = new(["p", "v"], ["ruler"], rows: 300);
        double[] z = [0.1];
        filter.Update(z);
        Allocations.None(() => recorder.Record(filter, z), calls: 200);
    }

    private static KalmanFilter Filter() => new(Cart, Ruler, GaussianBelief.FromDeviations([0, 0], [1, 1]));

    private static EstimationHistory Simulated(ulong seed, int steps, out ConsistencyReport direct)
    {
        var judge = new ConsistencyAccumulator(2, 2);
        var recorder = new EstimationRecorder(["p", "v"], ["range", "rate"]);
        Run(seed, steps, judge, recorder);
        direct = judge.ToReport();
        return recorder.ToHistory();
    }

    private static void Run(ulong seed, int steps, ConsistencyAccumulator judge, EstimationRecorder? recorder)
    {
        var filter = new KalmanFilter(Cart, Radar, GaussianBelief.FromDeviations([0, 0], [1, 1]));
        double[] x = [Noise.Normal(seed, 0, 0, 0), Noise.Normal(seed, 0, 0, 1)];
        for (int k = 0; k < steps; k++)
        {
            x = [x[0] + (0.1 * x[1]) + (0.01 * Noise.Normal(seed, 1, 0, k)), x[1] + (0.2 * Noise.Normal(seed, 2, 0, k))];
            double[] z = [x[0] + (2.0 * Noise.Normal(seed, 3, 0, k)), x[1] + (0.1 * Noise.Normal(seed, 4, 0, k))];
            filter.Predict(0.1 * (k + 1));
            filter.Update(z);
            judge.AddInnovation(filter.Innovation);
            judge.AddError(x, filter.Belief);
            recorder?.Record(filter, z);
        }
    }
}
