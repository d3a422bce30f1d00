#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
// A building loses stiffness while the wind shakes it. Which accelerometers tell, how soon, and which storey is it?
// Three detectors on the same data: residuals of the healthy model over windows, the same as a running sum, and a bank of
// hypotheses "storey i is 20 % softer", whatever the true loss is.
using System.Globalization;
using HybridControl.Dynamics;
using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const double Period = 0.01;
const double Force = 60.0;
const double Noise = 0.01;
const int Window = 200;
const int Windows = 30;
var frame = new ShearFrame([1200, 1200, 1000], [2.2e6, 1.9e6, 1.6e6], dampingRatio: 0.02);
Console.WriteLine($"natural frequencies, Hz: {string.Join(", ", frame.NaturalFrequencies().Select(f => f.ToString("F3")))}");
Console.WriteLine("                            area under the curve   detected at 5 % false alarms   localised   running sum");
Console.WriteLine("                             residual       bank     residual       bank                      alarm after");
Report("30 % of storey 2", frame.WithDamage(1, 0.30), storey: 1);
Report("20 % of storey 1", frame.WithDamage(0, 0.20), storey: 0);
Report("12 % of storey 2", frame.WithDamage(1, 0.12), storey: 1);

// Not damage: in the heat everything is 3 % softer. The bank needs a hypothesis for that.
ShearFrame hot = frame.WithDamage(0, 0.03).WithDamage(1, 0.03).WithDamage(2, 0.03);
Report("heat, not in the bank", hot, storey: -1);
Report("heat, in the bank", hot, storey: -1, ("heat", hot));

void Report(string name, ShearFrame changed, int storey, params (string Name, ShearFrame Frame)[] harmless)
{
    IEnumerable<(string, ShearFrame)> others = Enumerable.Range(0, 3).Select(i => ($"storey {i + 1}", frame.WithDamage(i, 0.2)));
    (string Name, IEstimator)[] hypotheses =
    [
        .. new[] { ("healthy", frame) }.Concat(harmless).Concat(others)
            .Select(h => (h.Item1, (IEstimator)ShearFrameModels.Filter(h.Item2, Period, Force, Noise))),
    ];
    var bank = new HypothesisBank(hypotheses, Window);
    int harmlessCount = 1 + harmless.Length;
    var residuals = new NisWindow(Window);
    var sum = new NisCusum();
    var scores = (Residual: new[] { new List<double>(), [] }, Bank: new[] { new List<double>(), [] });
    int localised = 0;
    int alarm = -1;
    int damageAt = (Windows + 1) * Window;
    int step = 0;
    foreach (double[] sample in Shake(changed, damageAt, (2 * Windows + 2) * Window))
    {
        bank.Update(sample);
        double square = bank.Estimators[0].Innovation.NormalizedSquare;
        residuals.Add(square, 3);
        if (step >= damageAt && alarm < 0 && sum.Add(square, 3))
        {
            alarm = step - damageAt;
        }

        bank.Predict(++step * Period);
        bool isWarmUp = step <= Window || (step > damageAt && step <= damageAt + Window);
        if (step % Window == 0 && !isWarmUp)
        {
            double[] ratios = bank.LogLikelihoodRatios.ToArray();
            int now = step <= damageAt ? 0 : 1;
            scores.Residual[now].Add(residuals.Ratio);
            scores.Bank[now].Add(ratios[harmlessCount..].Max() - ratios[..harmlessCount].Max());
            localised += now == 1 && bank.MostLikely == harmlessCount + storey ? 1 : 0;
        }
    }

    var residual = new DetectionCurve(scores.Residual[0], scores.Residual[1]);
    var best = new DetectionCurve(scores.Bank[0], scores.Bank[1]);
    string place = storey < 0 ? "-" : $"{100.0 * localised / Windows:F0} %";
    string delay = alarm < 0 ? "none" : $"{alarm * Period:F1} s";
    Console.WriteLine(
        $"{name,-26} {residual.Area,10:F3} {best.Area,10:F3} {residual.DetectionAt(0.05),12:P0} {best.DetectionAt(0.05),10:P0} {place,11} {delay,13}");
}

// The frame as a hybrid automaton: forces are held between samples, the command "damage" switches its mode.
IEnumerable<double[]> Shake(ShearFrame damaged, int damageAt, int count)
{
    SimulationRun run = Scenario.For(ShearFrameModels.Simulated(frame, damaged)).Start(new SimulationOptions { Recording = Recording.Events });
    long draw = 0;
    double Gauss() => Math.Sqrt(-2.0 * Math.Log(Philox4x32.Uniform(3, 0, 0, draw))) * Math.Cos(2.0 * Math.PI * Philox4x32.Uniform(3, 0, 1, draw++));
    for (int k = 0; k < count; k++)
    {
        if (k == damageAt)
        {
            run.Command("damage");
        }

        for (int i = 1; i <= 3; i++)
        {
            run.Set($"f{i}", Force * Gauss());
        }

        yield return [run["a1"] + (Noise * Gauss()), run["a2"] + (Noise * Gauss()), run["a3"] + (Noise * Gauss())];
        run.AdvanceTo((k + 1) * Period);
    }
}
