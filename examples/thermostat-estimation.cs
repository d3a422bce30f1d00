#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
// Is the heater on? Only a noisy thermometer tells; the model of the thermostat does the rest.
using HybridControl.Automata;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Simulation;

var thermostat = HybridAutomaton.Build("thermostat", h =>
{
    var temperature = h.State("T", initial: 70, unit: "degC");
    var off = h.Mode("off").Flow(temperature, -0.5 * (temperature - 60));
    var on = h.Mode("on").Flow(temperature, -0.5 * (temperature - 80));
    h.Transition(off, on).Guard(temperature <= 65);
    h.Transition(on, off).Guard(temperature >= 75);
    h.Estimation(e => e.Measure(temperature, 0.5).ProcessNoise(temperature, 0.1).InitialDeviation(temperature, 2)
        .InitialMode(off, 0.5).InitialMode(on, 0.5));
});

SimulationRun truth = Scenario.For(thermostat).Start();
HybridEstimator estimator = HybridEstimator.For(thermostat);
int right = 0;
const int Steps = 80;
Console.WriteLine("    t    truth            measured   estimated        p(on)");
for (int k = 1; k <= Steps; k++)
{
    double t = 0.1 * k;
    truth.AdvanceTo(t);
    double z = truth["T"] + (0.5 * Noise(k));
    estimator.Predict(t);
    estimator.Update([z]);
    double on = estimator.ModeProbabilities[1];
    right += on > 0.5 == (truth.Mode == "on") ? 1 : 0;
    if (k % 5 == 0)
    {
        string bar = new('#', (int)Math.Round(20 * on));
        Console.WriteLine(FormattableString.Invariant(
            $"{t,5:F1}    {truth["T"],5:F2} {truth.Mode,-3}        {z,5:F2}      {estimator.Belief.Mean[0],5:F2} +- {estimator.Belief.Deviation(0):F2}    {on:F3} {bar}"));
    }
}

Console.WriteLine(FormattableString.Invariant($"the more probable mode was the true one in {right} of {Steps} steps"));

// Box and Muller's normal numbers, by address.
static double Noise(int k) => Math.Sqrt(-2 * Math.Log(Philox4x32.Uniform(1, 0, 0, 2 * k))) * Math.Cos(2 * Math.PI * Philox4x32.Uniform(1, 0, 0, (2 * k) + 1));
