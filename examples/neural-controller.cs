#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
#:project ../src/HybridControl.Neural/HybridControl.Neural.csproj
#:project ../src/HybridControl.Plotting/HybridControl.Plotting.csproj
// A controller learned from the record of another: identified as an S5 layer, explained, reduced, and put into the loop of an axis
// with limits - as a flow of a mode with events on its own output, and as a sampled block.
using System.Numerics;
using HybridControl.Automata;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Identification;
using HybridControl.Neural.InTheLoop;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Training;
using HybridControl.Numerics;
using HybridControl.Plotting;
using HybridControl.Simulation;
using HybridControl.Symbolics;

const double Period = 0.02;
const double Limit = 2.0;
string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("hybrid").FullName;

// The expert on the test bench: a lead with a notch, error in, command out, errors held between samples, 1 % noise.
HybridAutomaton bench = HybridAutomaton.Build("bench", h =>
{
    Expr e = h.Discrete("e");
    Expert expert = Expert.Declare(h, e);
    h.Output("u", expert.Command);
    expert.RunIn(h.Mode("run"));
});
SimulationRun record = Scenario.For(bench).Start();
var (errors, commands) = (new double[1500], new double[1500]);
for (int k = 0; k < errors.Length; k++)
{
    errors[k] = (2.0 * Philox4x32.Uniform(1, k / 5, 1, 0)) - 1.0;
    record.Set("e", errors[k]);
    record.AdvanceTo((k + 1) * Period);
    commands[k] = record["u"] + (0.02 * (Philox4x32.Uniform(1, k, 2, 0) - 0.5));
}

SsmFit fit = new SsmIdentification { Order = 5, Trainer = new() { Iterations = 60, Rate = new CosineSchedule(1e-2, 1e-4) } }.Fit(
    new IdentificationData(["e"], ["u"], Period, [new("bench", [.. errors], [.. commands])]));

// What was learned, in the words of control theory.
ModalModel learned = fit.Model.ToModal();
Console.WriteLine("mode   pole [1/s]            frequency  damping  share of energy");
foreach (ModeSummary mode in learned.Summaries())
{
    Console.WriteLine(FormattableString.Invariant(
        $"{mode.Mode,4}   {mode.Pole.Real,8:F3} {mode.Pole.Imaginary,+8:F3} i   {mode.NaturalFrequency,9:F3}  {mode.Damping,7:F3}  {mode.EnergyShare,14:P1}"));
}

BalancedTruncation balance = BalancedTruncation.Of(learned);
LinearModel reduced = balance.Reduce(3);
Console.WriteLine("Hankel values: " + string.Join(", ", balance.HankelValues.Select(value => value.ToString("G3", System.Globalization.CultureInfo.InvariantCulture))));
Console.WriteLine(FormattableString.Invariant($"three states kept: the gain is off by at most {balance.ErrorBound(3):G3} at any frequency"));

// In the loop. Where the command reaches its limit, the mode changes and the states of the controller rest: no windup.
Trajectory Loop(Func<AutomatonBuilder, Expr, (Expr Command, Func<ModeBuilder, ModeBuilder> RunIn)> declare) => HybridAutomaton.Build("axis", h =>
{
    (Expr q, Expr v) = (h.State("q", unit: "m"), h.State("v", unit: "m/s"));
    Expr error = h.Parameter("goal", 1.0, "m") - q;
    (Expr command, Func<ModeBuilder, ModeBuilder> runIn) = declare(h, error);
    h.Output("command", command);
    ModeBuilder free = runIn(h.Mode("free").Flow((q, v), (v, command - (0.4 * v))));
    ModeBuilder limited = h.Mode("limited").Flow((q, v), (v, Limit - (0.4 * v)));
    h.Transition(free, limited).Guard(command >= Limit);
    h.Transition(limited, free).Guard(command <= 0.95 * Limit);
}).Simulate(until: 12);

Trajectory expertRun = Loop((h, error) =>
{
    Expert expert = Expert.Declare(h, error);
    return (expert.Command, expert.RunIn);
});
Trajectory flowRun = Loop((h, error) =>
{
    LinearFlow net = LinearFlow.Declare(h, "net", learned);
    return (net.Output(0, error), mode => mode.Flow(net, error));
});
Trajectory reducedRun = Loop((h, error) =>
{
    LinearFlow net = LinearFlow.Declare(h, "net", reduced);
    return (net.Output(0, error), mode => mode.Flow(net, error));
});

// The same layer as a stack behind a clock. The residual of the stack adds its input, which the direct path takes back.
var layer = new S5Parameters
{
    Lambda = learned.Poles,
    B = learned.B,
    C = learned.C,
    D = [learned.D[0] - 1.0],
    LogStep = [.. learned.Poles.Select(_ => Math.Log(Period))],
};
var description = new StackDescription
{
    Width = 1,
    Layers = [new([new BlockDescription { Name = "mixer", Mixer = new S5Description { Modes = learned.Modes, Tail = S5Tail.None } }])],
};
using var backend = new ScalarBackend<double>();
using LayerStack stack = StackBuilder.Build(description, new NamedParameters().Add("layers.0.mixer", layer), backend);
using var block = new NeuralBlock(stack, Period) { Maximum = Limit };
HybridAutomaton axis = HybridAutomaton.Build("axis", h =>
{
    (Expr q, Expr v) = (h.State("q", unit: "m"), h.State("v", unit: "m/s"));
    Expr u = h.Discrete("command");
    h.Output("error", 1.0 - q);
    h.Mode("run").Flow((q, v), (v, u - (0.4 * v)));
});
Trajectory sampledRun = Scenario.For(axis).Sample(block, "error", "command").Simulate(until: 12);

Console.WriteLine("controller         at 1 s      at 3 s      limit left at");
foreach ((string name, Trajectory run) in new[] { ("expert", expertRun), ("learned flow", flowRun), ("three states", reducedRun), ("behind a clock", sampledRun) })
{
    string left = run.Jumps.Where(jump => jump.From == "limited").Select(jump => FormattableString.Invariant($"{jump.Time:F5} s")).FirstOrDefault("-");
    Console.WriteLine(FormattableString.Invariant($"{name,-15} {run.Value("q", 1.0),9:F5} m {run.Value("q", 3.0),9:F5} m    {left}"));
}

double[] omegas = BodeCurve.FrequenciesFor(learned);
BodeCurve full = BodeCurve.Of(learned, omegas);
double[] gains = [.. omegas.Select(omega => 20.0 * Math.Log10(reduced.FrequencyResponse(omega)[0].Magnitude))];
double[] phases = [.. omegas.Select(omega => reduced.FrequencyResponse(omega)[0].Phase * 180.0 / Math.PI)];
LayerPlots.Bode(omegas, ("learned", full.Gains, full.Phases), ("three states", gains, phases)).Title("The learned controller").Save(Path.Combine(folder, "bode.svg"));
LayerPlots.Poles(learned.Poles, Expert.Poles, "learned", "expert").Save(Path.Combine(folder, "poles.svg"));
flowRun.Plot("q", "command", "net.re0").ShadeModes().Save(Path.Combine(folder, "run.svg"));
Console.WriteLine($"pictures in {folder}");

/// <summary>What is imitated: u = 6 e - 20 lag + 4 z, with a lag and a resonant pair.</summary>
internal sealed record Expert(Expr Error, Expr Lag, Expr Z, Expr Rate)
{
    public static Complex[] Poles => [new(-8.0, 0.0), new(-1.5, Math.Sqrt(36.0 - 2.25))];

    public Expr Command => (6.0 * Error) - (20.0 * Lag) + (4.0 * Z);

    public static Expert Declare(AutomatonBuilder h, Expr error) => new(error, h.State("lag"), h.State("z"), h.State("rate"));

    public ModeBuilder RunIn(ModeBuilder mode) => mode
        .Flow(Lag, Error - (8.0 * Lag))
        .Flow((Z, Rate), (Rate, Error - (36.0 * Z) - (3.0 * Rate)));
}
