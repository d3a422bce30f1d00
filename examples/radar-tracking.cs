#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
#:project ../src/HybridControl.Plotting/HybridControl.Plotting.csproj
// Two radars track an aircraft that cruises and turns: with one filter, tuned as well as it can be, and with one for each mode.
using HybridControl.Automata;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Plotting;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

const int Runs = 4;
string here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("hybrid").FullName;
HybridAutomaton aircraft = ModelFile.Load(Path.Combine(here, "..", "models", "manoeuvring-aircraft.json"));
Trajectory truth = aircraft.Simulate(until: 500);
string[] states = [.. aircraft.States.Select(state => state.Name)];
Radar[] radars = [new("west", -5_000, 0, Period: 4, First: 4), new("south", 15_000, -12_000, Period: 5, First: 6.3)];
GaussianBelief start = GaussianBelief.FromDeviations([25_000, 10_000, -110, 10, 0], [500, 500, 30, 30, 0.01]);

// The flow of a mode is the model of its filter; noise is what it leaves out: diffusions in (m/s)/sqrt(s) and (rad/s)/sqrt(s).
var solver = new DormandPrince5 { RelativeTolerance = 1e-5, AbsoluteTolerance = 1e-9 };
Dictionary<(string, double, double), FlowTransition> models = [];
ExtendedKalmanFilter Filter(string mode, double velocity, double turnRate)
{
    if (!models.TryGetValue((mode, velocity, turnRate), out FlowTransition? model))
    {
        model = FlowTransition.For(aircraft, mode, solver, ("vEast", velocity), ("vNorth", velocity), ("turnRate", turnRate));
        models.Add((mode, velocity, turnRate), model);
    }

    return new(model, null, start);
}

InteractingMultipleModel Modes() => new(
    [Filter("cruise", 0.1, 0.02), Filter("turn", 1.0, 0.0005)],
    MarkovChain.FromRates([-1.0 / 100, 1.0 / 100], [1.0 / 50, -1.0 / 50]), [0.9, 0.1]);

// The single filters have the noise that was best over a grid, on runs of their own: 2 to 8, and 1 to 3 by 0.003 to 0.008.
Console.WriteLine("                        position  in turns     velocity       NEES   P(turn) in turns / in cruise");
Print("one filter, cruise", Score.Of(Track(() => Filter("cruise", 5.0, 0.01))));
Print("one filter, turn", Score.Of(Track(() => Filter("turn", 1.0, 0.005))));
Print("a filter for each mode", Score.Of(Track(Modes)));
Print("the same, smoothed", Score.Of(Smooth()));

string picture = Path.Combine(folder, "modes.svg");
var recorder = new EstimationRecorder(states, ["range", "bearing"], ["cruise", "turn"]);
InteractingMultipleModel shown = Modes();
foreach (Scan scan in Radar.Scans(radars, truth, states, 0))
{
    shown.Predict(scan.Time);
    shown.Update(scan.Measurement, scan.Radar.Sensor(states));
    recorder.Record(shown, scan.Measurement, scan.Radar.Sensor(states));
}

recorder.ToHistory().PlotModes().Title("Does it turn?").Save(picture);
Console.WriteLine(picture);

IEnumerable<Sample> Track(Func<IEstimator> make)
{
    for (int run = 0; run < Runs; run++)
    {
        IEstimator estimator = make();
        foreach (Scan scan in Radar.Scans(radars, truth, states, run))
        {
            estimator.Predict(scan.Time);
            estimator.Update(scan.Measurement, scan.Radar.Sensor(states));
            double turn = estimator is IModeEstimator modes ? modes.ModeProbabilities[1] : double.NaN;
            yield return new(scan, estimator.Belief, turn);
        }
    }
}

IEnumerable<Sample> Smooth()
{
    for (int run = 0; run < Runs; run++)
    {
        var smoother = new InteractingMultipleModelSmoother(Modes());
        List<Scan> scans = Radar.Scans(radars, truth, states, run);
        foreach (Scan scan in scans)
        {
            smoother.Predict(scan.Time);
            smoother.Update(scan.Measurement, scan.Radar.Sensor(states));
        }

        foreach ((Scan scan, SmoothedModes known) in scans.Zip(smoother.Smooth().Skip(1)))
        {
            yield return new(scan, known.Belief, known.ModeProbabilities[1]);
        }
    }
}

static void Print(string name, Score score)
{
    string turn = double.IsNaN(score.TurnInTurns) ? "" : FormattableString.Invariant($"{score.TurnInTurns:F2} / {score.TurnInCruise:F2}");
    Console.WriteLine(FormattableString.Invariant(
        $"{name,-24} {score.Position,5:F1} m   {score.InTurns,5:F1} m   {score.Velocity,5:F2} m/s   {score.Nees:F1} of 4   {turn}"));
}

/// <summary>What a radar saw at a time, and where the aircraft was.</summary>
internal sealed record Scan(double Time, Radar Radar, double[] Measurement, double[] Truth, bool IsTurning);

/// <summary>A belief to compare with the truth of a scan.</summary>
internal sealed record Sample(Scan Scan, GaussianBelief Belief, double Turn);

/// <summary>A radar that sees range to 50 m and bearing to 0.2 degrees; one scan in ten sees nothing.</summary>
internal sealed record Radar(string Name, double East, double North, double Period, double First)
{
    private const double BearingDeviation = 0.2 * Math.PI / 180;
    private static readonly Dictionary<int, List<Scan>> Known = [];
    private ExpressionMeasurement? _sensor;

    public ExpressionMeasurement Sensor(string[] states)
    {
        Expr east = Expr.Variable(VariableKind.State, "east") - East;
        Expr north = Expr.Variable(VariableKind.State, "north") - North;
        return _sensor ??= new ExpressionMeasurement(
            states,
            [("range", Expr.Hypot(east, north)), ("bearing", Expr.Atan2(east, north))],
            new[,] { { 50.0 * 50.0, 0.0 }, { 0.0, BearingDeviation * BearingDeviation } })
        { Geometry = StateGeometry.Periodic(0.0, 2.0 * Math.PI) };
    }

    public static List<Scan> Scans(Radar[] radars, Trajectory truth, string[] states, int run)
    {
        if (!Known.TryGetValue(run, out List<Scan>? scans))
        {
            Known[run] = scans = [.. radars.SelectMany((radar, i) => radar.Look(truth, states, run, (uint)i)).OrderBy(scan => scan.Time)];
        }

        return scans;
    }

    private IEnumerable<Scan> Look(Trajectory truth, string[] states, int run, uint stream)
    {
        for (int k = 0; First + (k * Period) < 500; k++)
        {
            double time = First + (k * Period);
            double[] x = [.. states.Select(name => truth.Value(name, time))];
            double[] z = new double[2];
            Sensor(states).Predict(time, x, z);
            double radius = Math.Sqrt(-2.0 * Math.Log(Philox4x32.Uniform(7, run, stream, 3 * k)));
            (double sine, double cosine) = Math.SinCos(2.0 * Math.PI * Philox4x32.Uniform(7, run, stream, (3 * k) + 1));
            bool isMissing = Philox4x32.Uniform(7, run, stream, (3 * k) + 2) < 0.1;
            z = isMissing ? [double.NaN, double.NaN] : [z[0] + (50.0 * radius * sine), z[1] + (BearingDeviation * radius * cosine)];
            yield return new(time, this, z, x, truth.Segments.Last(segment => segment.Start <= time).Mode == "turn");
        }
    }
}

/// <summary>Root mean square errors after the first 30 s, NEES of position and velocity, and mean probabilities of the turn.</summary>
internal sealed record Score(double Position, double InTurns, double Velocity, double Nees, double TurnInTurns, double TurnInCruise)
{
    public static Score Of(IEnumerable<Sample> samples)
    {
        (int all, int turns) = (0, 0);
        var sums = new double[6];
        foreach ((Scan scan, GaussianBelief belief, double turn) in samples.Where(sample => sample.Scan.Time > 30.0))
        {
            double[] error = [.. Enumerable.Range(0, 4).Select(i => belief.Mean[i] - scan.Truth[i])];
            double position = (error[0] * error[0]) + (error[1] * error[1]);
            double velocity = (error[2] * error[2]) + (error[3] * error[3]);
            double[] factor = [.. Enumerable.Range(0, 16).Select(i => belief.Factor[(i / 4 * belief.Dimension) + (i % 4)])];
            LowerTriangular.Solve(factor, error);
            (all, turns) = (all + 1, turns + (scan.IsTurning ? 1 : 0));
            sums[0] += position;
            sums[1] += scan.IsTurning ? position : 0.0;
            sums[2] += velocity;
            sums[3] += Dense.Dot(error, error);
            sums[scan.IsTurning ? 4 : 5] += turn;
        }

        return new(
            Math.Sqrt(sums[0] / all), Math.Sqrt(sums[1] / turns), Math.Sqrt(sums[2] / all), sums[3] / all, sums[4] / turns, sums[5] / (all - turns));
    }
}
