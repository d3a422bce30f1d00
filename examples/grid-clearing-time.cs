#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
// How long may a short circuit last before the generator slips? Bisection over models/smib.json.
using HybridControl.Automata;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;

string folder = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
HybridAutomaton machine = ModelFile.Load(Path.Combine(folder, "..", "models", "smib.json"));
var tight = new DormandPrince5 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-12 };

bool Slips(double clearing)
{
    var options = new SimulationOptions();
    options = options with { Values = options.Values.Add("tc", clearing) };
    return machine.Simulate(until: 6, solver: tight, options: options).Segments[^1].Mode == "slipped";
}

(double stays, double slips) = (0.1, 0.4);
while (slips - stays > 1e-10)
{
    double middle = (stays + slips) / 2;
    (stays, slips) = Slips(middle) ? (stays, middle) : (middle, slips);
}

double delta = Math.Asin(0.8 / 1.8);
double critical = Math.Acos(((Math.PI - (2 * delta)) * Math.Sin(delta)) - Math.Cos(delta));
double exact = Math.Sqrt(4 * 5 * (critical - delta) / (2 * Math.PI * 60 * 0.8));
Console.WriteLine(FormattableString.Invariant($"equal areas {exact:F10} s"));
Console.WriteLine(FormattableString.Invariant($"bisection   {slips:F10} s"));
