using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles;

public sealed class PlanValidatorTests
{
    private static readonly HybridAutomaton Ball = HybridAutomaton.Build("ball", h =>
    {
        Expr g = h.Parameter("g", 9.81);
        Expr e = h.Parameter("e", 0.8);
        Expr y = h.State("y", initial: 10.0);
        Expr v = h.State("v");
        Expr wind = h.Input("wind", 0.0);
        h.Input("pulse", new StepSignal(1.0, 0.0, 1.0));
        h.Output("energy", g * y + v * v / 2.0);
        ModeBuilder fall = h.Mode("fall").Flow(y, v).Flow(v, wind - g);
        h.Transition(fall, fall, "bounce").Guard(y <= 0.0 & v < 0.0).Reset(v, -e * v);
        h.Transition(fall, fall, "kick").OnCommand("kick").Reset(v, 5.0);
    });

    private static readonly EnsemblePlan Sound = Ball.Ensemble(size: 100, until: 5.0)
        .Vary("e", new Normal(0.8, 0.02)).Vary("y", new Uniform(9.0, 11.0)).Correlate("e", "y", 0.3).Disturb("wind", new Normal(0.0, 1.0), every: 0.1)
        .Compare("earth").Compare("moon", ("g", 1.62)).At(1.0, "kick").At(2.0, ("pulse", 3.0))
        .Record("y", every: 0.5).Record("energy", every: 0.5).RecordMode(every: 0.5).RecordFinal("energy").RecordExtrema("y", "height").RecordPassage("low", "y <= 1")
        .RecordEvents(16).Require("safe", v => v["y"] >= -1e-6).StopWhen("far", "y > 100");

    [Test]
    public void A_sound_plan_has_no_findings() => Assert.That(PlanValidator.Validate(Sound), Is.Empty);

    private static IEnumerable<TestCaseData> Faults() =>
    [
        new(Sound with { Until = double.NaN }, "until: the end time is NaN s"),
        new(Sound with { StartTime = double.NegativeInfinity }, "start: the start time is -Infinity s"),
        new(Sound with { Solver = new DormandPrince5 { AbsoluteTolerance = 0.0 } }, "solver: dp5: absolute tolerance 0"),
        new(Sound with { Design = (SamplingDesign)9 }, "design: unknown design 9. Known: Random, LatinHypercube, Sobol, Grid, Points."),
        new(Sound with { Size = long.MaxValue }, "size: the size is 9223372036854775807, but at most"),
        new(Sound with { MaxJumpsPerInstant = 0 }, "maxJumpsPerInstant: at most 0 jumps"),
        new(Sound.Set("wind", 1.0), "noise.wind: 'wind' is noise, but is also given a value"),
        new(Sound.Set("pulse", 1.0), "values.pulse: the input 'pulse' changes over time by itself"),
        new(Sound.Set("g", double.NaN), "values.g: the value is NaN"),
        new(Sound.Vary("e", new Uniform(0.0, 1.0)), "vary.e: 'e' varies twice"),
        new(Sound.Vary("pulse", new Uniform(0.0, 1.0)), "vary.pulse: the input 'pulse' changes over time by itself"),
        new(Sound.Vary("energy", new Uniform(0.0, 1.0)), "vary.energy: 'energy' is an output and cannot be set"),
        new(Sound.Vary("g", null!), "vary.g: there is no distribution"),
        new(Sound.Correlate("y", "e", 0.1), "correlations[1]: 'y' and 'e' are correlated twice"),
        new(Sound.Correlate("y", "y", 0.1), "correlations[1]: 'y' is correlated with itself"),
        new(Sound.Disturb("wind", new Normal(0.0, 1.0), 0.2), "noise.wind: 'wind' is noise twice"),
        new(Sound.Disturb("wnd", new Normal(0.0, 1.0), 0.2), "noise.wnd: unknown input 'wnd'. Did you mean 'wind'?"),
        new(Sound.Compare("moon"), "alternatives.moon: two alternatives are called 'moon'"),
        new(Sound.Compare(""), "alternatives.: the name is empty"),
        new(Sound.Compare("windy", ("wind", 3.0)), "alternatives.windy.wind: 'wind' varies from trajectory to trajectory"),
        new(Sound.At(-1.0, "kick"), "commands[2]: the time is -1 s, but the run starts at 0 s"),
        new(Sound.At(1.0, "kik"), "commands[2]: no transition listens to the command 'kik'. Did you mean 'kick'?"),
        new(Sound with { Commands = [new(1.0, null)] }, "commands[0]: a timed command either gives a command or sets a variable"),
        new(Sound with { Recording = Sound.Recording with { GridTimes = [1.0, 0.5] } }, "record.times[1]: the time 0.5 s comes after 1 s"),
        new(Sound with { Recording = Sound.Recording with { GridTimes = [1.0, 5.5] } }, "record.times[1]: the time 5.5 s is not in the run"),
        new(Sound with { Recording = Sound.Recording with { EventSlots = -1 } }, "record.events: -1 events"),
        new(Sound.Record("v", every: 0.5, name: "mode"), "record.variables[2]: the name 'mode' already belongs to the mode at the same times"),
        new(Sound.RecordFinal("y^2", "min(height)"), "record.final[1]: the name 'min(height)' already belongs to the smallest value"),
        new(Sound with { Recording = Sound.Recording with { Final = [new("q", Expr.Variable(VariableKind.State, "q"))] } }, "record.final[0]: unknown name 'q'"),
        new(Sound.Require("low", "y < 100"), "require.low: the name 'low' already belongs to a passage before it"),
        new(Sound.Require("never", v => Condition.Crosses(v["y"])), "require.never: crosses(...) cannot stand here"),
        new(Sound with { Requirements = [new("odd", Formula.Always(Formula.Mode("fly")))] }, "require.odd: no mode is called 'fly'"),
        new(Sound with { Requirements = [new("late", Formula.Eventually(Formula.Fires("kick"), 1.0, 60.0))] }, "require.late: its intervals reach over 60 s"),
        new(Sound.StopWhen("far", "y > 50"), "stop.far: the name 'far' already belongs to a stop rule before it"),
        new(Sound with { Model = Ball with { InitialMode = "fly" } }, "model, initialMode: unknown mode 'fly'"),
    ];

    [TestCaseSource(nameof(Faults))]
    public void A_fault_is_named_with_its_place_and_remedy(EnsemblePlan plan, string expected)
    {
        ImmutableArray<Finding> findings = PlanValidator.Validate(plan);
        Assert.That(string.Join('\n', findings), Does.Contain(expected));
        Assert.That(findings, Has.None.Matches<Finding>(finding => finding is { Mend: "" }));
        Assert.That(() => PlanValidator.ThrowIfInvalid(plan), Throws.TypeOf<ModelException>());
    }

    [Test]
    public void What_is_probably_not_meant_is_a_warning()
    {
        EnsemblePlan late = Sound.At(9.0, "kick");
        Assert.That(PlanValidator.Validate(late).Select(finding => (finding.Where, finding.Severity)), Is.EqualTo(new[] { ("commands[2]", Severity.Warning) }));
        Assert.That(() => PlanValidator.ThrowIfInvalid(late), Throws.Nothing);
        EnsemblePlan idle = Sound with { Recording = new() { GridTimes = [1.0] } };
        Assert.That(PlanValidator.Validate(idle).Select(finding => (finding.Where, finding.Severity)), Is.EqualTo(new[] { ("record", Severity.Warning) }));
    }

    [Test]
    public void What_does_not_fit_is_told_in_bytes_with_what_takes_most()
    {
        // 2 samples; 5 + 2 states + 1 final + 2 extrema + 1 passage + 1 requirement; 11 times of 3; 16 events of 2.
        const double width = 2 + 12 + 33 + 32;
        Assert.That(PlanValidator.BytesOf(Sound), Is.EqualTo(width * 8 * 200));
        Assert.That(PlanValidator.CheckMemory(Sound, width * 8 * 200), Is.Empty);
        Finding finding = PlanValidator.CheckMemory(Sound with { Size = 100_000_000 }, 1 << 30).Single();
        Assert.That(finding.ToString(), Does.StartWith(
            "size: the results take 117.7 GiB, 632 bytes for each trajectory, but there are 1 GiB. Most of it is the grid samples (264 bytes)"));
    }

    [Test]
    public void The_points_of_a_grid_count_as_its_size()
    {
        EnsemblePlan sweep = Ball.Ensemble(size: 0, until: 1.0).Using(SamplingDesign.Grid).Vary("g", GridPoints.Linear(0.0, 1.0, 7)).Vary("e", new GridPoints([0.5, 0.6]));
        Assert.That(PlanValidator.Validate(sweep), Is.Empty);
        Assert.That(PlanValidator.BytesOf(sweep), Is.EqualTo(14 * 8 * (2 + 7)));
        EnsemblePlan huge = sweep with { Variations = [.. "gevy".Select(name => new Variation($"{name}", GridPoints.Linear(0.0, 1.0, 10_000)))] };
        Assert.That(PlanValidator.Validate(huge).Select(finding => finding.Where), Is.EqualTo(new[] { "vary" }));
    }
}
