using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles;

internal sealed class SharedLaneCodeTests
{
    private static readonly EnsemblePlan Plan = new()
    {
        Model = HybridAutomaton.Build("drift", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            Expr a = h.Parameter("a", 0.5);
            Expr wind = h.Input("wind", 0.0);
            h.Mode("go").Flow(x, wind - (a * x));
        }),
        Size = 1500,
        Until = 1.0,
        Variations = [new("a", new Uniform(0.1, 2.0))],
        Noise = [new("wind", new Normal(0.0, 1.0), 0.1)],
        Requirements = [new("small", Expr.Variable(VariableKind.State, "x") <= 0.5, RequirementKind.AtEnd)],
    };

    private static readonly Dictionary<string, Func<EnsemblePlan, EnsemblePlan>> Samples = new()
    {
        ["Seed"] = plan => plan with { Seed = 2 },
        ["Design"] = plan => plan with { Design = SamplingDesign.LatinHypercube },
        ["Points"] = plan => plan with { Design = SamplingDesign.Points, Points = [.. Enumerable.Range(1, (int)plan.Size).Select(i => 1.0 / i)] },
        ["Correlations"] = plan => plan with { Correlations = [] },
    };

    private static readonly Dictionary<string, Func<EnsemblePlan, EnsemblePlan>> Code = new()
    {
        ["Model"] = plan => plan with { Model = plan.Model with { Name = "other" } },
        ["Size"] = plan => plan with { Size = 2500 },
        ["Until"] = plan => plan with { Until = 2.0 },
        ["StartTime"] = plan => plan with { StartTime = 0.5 },
        ["Solver"] = plan => plan with { Solver = new Tsitouras5() },
        ["Values"] = plan => plan with { Values = plan.Values.Add("x", 2.0) },
        ["Commands"] = plan => plan with { Commands = [TimedCommand.Assign(0.5, "x", 3.0)] },
        ["Variations"] = plan => plan with { Variations = [new("x", new Uniform(0.1, 2.0))] },
        ["Noise"] = plan => plan with { Noise = [new("wind", new Normal(0.0, 1.0), 0.2)] },
        ["Alternatives"] = plan => plan with { Alternatives = [new("one", []), new("two", ImmutableDictionary<string, double>.Empty.Add("x", 2.0))] },
        ["Recording"] = plan => plan with { Recording = new() { EventSlots = 1 } },
        ["Requirements"] = plan => plan with { Requirements = [] },
        ["Stops"] = plan => plan with { Stops = [new("far", Expr.Variable(VariableKind.State, "x") >= 1.2)] },
        ["MaxSteps"] = plan => plan with { MaxSteps = 5 },
        ["MaxJumpsPerInstant"] = plan => plan with { MaxJumpsPerInstant = 5 },
        ["EventTolerance"] = plan => plan with { EventTolerance = 0.1 },
    };

    private static IEnumerable<string> SampleParts => Samples.Keys;

    private static IEnumerable<string> CodeParts => Code.Keys;

    [Test]
    public void Every_part_of_a_plan_belongs_to_its_samples_or_its_code() => Assert.That(
        typeof(EnsemblePlan).GetProperties().Where(part => part.CanWrite).Select(part => part.Name),
        Is.EquivalentTo(Samples.Keys.Concat(Code.Keys)));

    [TestCaseSource(nameof(SampleParts))]
    public void Plans_that_differ_in_samples_share_their_code_and_keep_their_results(string part)
    {
        foreach (EnsemblePlan plan in new[] { Plan, Code["Alternatives"](Plan) })
        {
            var backend = new CpuEnsembleBackend(2);
            List<EnsembleBlock> first = Blocks(backend, plan);
            EnsemblePlan other = Samples[part](plan);
            Assert.That(backend.CompiledOf(other), Is.SameAs(backend.CompiledOf(plan)));
            BlockComparison.AssertSame(Blocks(backend, other), Blocks(new CpuEnsembleBackend(1), other));
            BlockComparison.AssertSame(Blocks(backend, plan), first);
        }
    }

    [TestCaseSource(nameof(CodeParts))]
    public void Plans_that_differ_in_anything_else_have_their_own_code(string part)
    {
        var backend = new CpuEnsembleBackend(1);
        Assert.That(backend.CompiledOf(Code[part](Plan)), Is.Not.SameAs(backend.CompiledOf(Plan)));
    }

    [Test]
    public void A_search_compiles_once()
    {
        var backend = new CpuEnsembleBackend(1);
        var counted = new Counted(backend);
        EnsemblePlan plan = Plan with { Variations = [], Noise = [] };
        double critical = CriticalParameter.Find(plan, counted, "a", 0.1, 2.0).Estimate;
        Assert.That(critical, Is.EqualTo(Math.Log(2.0)).Within(1e-5));
        Assert.That(counted.Plans, Has.Count.GreaterThan(20));
        Assert.That(counted.Plans.Select(backend.CompiledOf).Distinct().Count(), Is.EqualTo(1));
    }

    private static List<EnsembleBlock> Blocks(CpuEnsembleBackend backend, EnsemblePlan plan)
    {
        var blocks = new List<EnsembleBlock>();
        backend.Run(plan, 0, PlanSampler.For(plan).BlockCount, blocks.Add, CancellationToken.None);
        return blocks;
    }

    private sealed class Counted(IEnsembleBackend backend) : IEnsembleBackend
    {
        public List<EnsemblePlan> Plans { get; } = [];

        public string Name => backend.Name;

        public ImmutableArray<Finding> Check(EnsemblePlan plan) => backend.Check(plan);

        public void Run(EnsemblePlan plan, long firstBlock, long blockCount, Action<EnsembleBlock> completed, CancellationToken cancellation)
        {
            Plans.Add(plan);
            backend.Run(plan, firstBlock, blockCount, completed, cancellation);
        }
    }
}
