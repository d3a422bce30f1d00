// Which potentials run over a heart, seen from electrodes around it? A synthetic heart surface: a ring of excitable tissue inside
// a round torso. Dynamics of the surface are learned from the electrodes alone and compared with estimators that have none.
// Everything here is synthetic; nothing of it says anything about patients.
//
//   dotnet run --project examples/heart-surface -c Release             a small study, some seconds
//   dotnet run --project examples/heart-surface -c Release -- --full   the study of docs/benchmarks/heart-surface.md, some minutes
using System.Globalization;
using HeartSurface;
using HybridControl.Estimation;
using HybridControl.Neural.Training;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
HeartStudy study = args.Contains("--full") ? HeartStudy.Full : HeartStudy.Small;
double[,] conductor = VolumeConductor.Matrix(study.ElectrodeCount, study.Nodes, study.Ratio);
var ring = new HeartRing(study.Nodes);
Beat[] training = Beat.Draw(ring, conductor, study, study.TrainingBeats, seed: 1);
Beat[] test = Beat.Draw(ring, conductor, study, study.TestBeats, seed: 2);
Console.WriteLine(
    $"{study.Nodes} nodes, {study.ElectrodeCount} electrodes, noise {study.Noise}; {training.Length} beats to learn from, {test.Length} to judge by");

var noise = new double[study.ElectrodeCount, study.ElectrodeCount];
for (int i = 0; i < study.ElectrodeCount; i++)
{
    noise[i, i] = study.Noise * study.Noise;
}

var electrodes = new LinearMeasurement(conductor, noise);

// At rest, but for the place where the beat begins, which may be anywhere.
GaussianBelief rest = GaussianBelief.FromFactor(new double[study.Nodes], LocalTransition.SmoothNoise(study.Nodes, 0.1));
double[] scales = [0.01, 0.02, 0.04, 0.08, 0.16];

var identity = new double[study.Nodes, study.Nodes];
for (int i = 0; i < study.Nodes; i++)
{
    identity[i, i] = 1.0;
}

// x+ = x + u + noise that is smooth along the ring.
LinearTransition Drift(double q, bool isDriven)
{
    double[] flat = LocalTransition.SmoothNoise(study.Nodes, q);
    var factor = new double[study.Nodes, study.Nodes];
    Buffer.BlockCopy(flat, 0, factor, 0, flat.Length * sizeof(double));
    return LinearTransition.FromNoiseFactor(identity, factor, isDriven ? identity : null);
}

// The noise of each model is the most likely one on the training beats.
ExtendedKalmanFilter Filter(LocalNetwork network, double q) => new(new LocalTransition(study.Nodes, network, q), electrodes, rest);
KalmanFilter Walk(double q) => new(Drift(q, isDriven: false), electrodes, rest);
double walkNoise = scales.MaxBy(q => Estimates.Run(training, () => Walk(q), study.Step).LogLikelihood);

var network = new LocalNetwork(seed: 1);
double learnNoise = walkNoise / 2.0;
var task = new LocalTraining(training, conductor, network, () => Filter(network, learnNoise), study.Step);
const int Rounds = 10;
for (int round = 0; round < Rounds; round++)
{
    task.Refresh();
    var trainer = new Trainer
    {
        Iterations = study.Iterations / Rounds,
        Rate = new CosineSchedule(1e-2 * (Rounds - round) / Rounds, 1e-2 * (Rounds - round - 0.9) / Rounds),
        ShardSize = 1,
    };
    TrainingResult result = trainer.Run(task, network.Parameters);
    if (result.Finding is { } finding)
    {
        Console.WriteLine(finding);
    }
}

var taught = new LocalNetwork(seed: 1);
new Trainer { Iterations = study.Iterations, ShardSize = 1 }.Run(new PotentialTraining(training, taught), taught.Parameters);
double taughtNoise = scales.MaxBy(q => Estimates.Run(training, () => Filter(taught, q), study.Step).LogLikelihood);
double learnedNoise = scales.MaxBy(q => Estimates.Run(training, () => Filter(network, q), study.Step).LogLikelihood);

// What a filter could do at best: it is told how the true potentials change, but for an error of the size of its noise.
double[] Change(Beat beat, int k) =>
    k == 0 ? beat.Potentials[0] : [.. beat.Potentials[k].Zip(beat.Potentials[k - 1], (now, before) => now - before)];
LinearTransition told = Drift(0.01, isDriven: true);

Estimates walk = Estimates.Run(test, () => Walk(walkNoise), study.Step);
Estimates learned = Estimates.Run(test, () => Filter(network, learnedNoise), study.Step);
Estimates supervised = Estimates.Run(test, () => Filter(taught, taughtNoise), study.Step);
Estimates best = Estimates.Run(test, () => new KalmanFilter(told, electrodes, rest), study.Step, Change);
var tikhonov = new Tikhonov(conductor);
Console.WriteLine("                                    relative error  correlation  origin, degrees  inside 90 %");
void Row(string name, Scores scores) => Console.WriteLine(
    $"{name,-34} {scores.RelativeError,14:F3} {scores.Correlation,12:F3} {scores.OriginError,16:F1} {(double.IsNaN(scores.Coverage) ? "-" : $"{100.0 * scores.Coverage:F1} %"),12}");
Row("Tikhonov, L-curve", Scores.Of(test, [.. test.Select(beat => tikhonov.Solve(beat.Electrodes))], null));
Row($"random walk, q = {walkNoise}", Scores.Of(test, walk.Means, walk.Deviations));
Row($"learned front, q = {learnedNoise}", Scores.Of(test, learned.Means, learned.Deviations));
Row($"taught by potentials, q = {taughtNoise}", Scores.Of(test, supervised.Means, supervised.Deviations));
Row("told the true front", Scores.Of(test, best.Means, best.Deviations));
Console.WriteLine(
    $"log-likelihood of the test beats: random walk {walk.LogLikelihood:F0}, learned front {learned.LogLikelihood:F0}");
