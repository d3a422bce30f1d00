using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles;

public sealed class EnsembleExtensionsTests
{
    private static readonly HybridAutomaton Ball = HybridAutomaton.Build("ball", h =>
    {
        Expr e = h.Parameter("e", 0.8);
        Expr y = h.State("y", initial: 10.0);
        Expr v = h.State("v");
        h.Output("energy", 9.81 * y + v * v / 2.0);
        ModeBuilder fall = h.Mode("fall").Flow(y, v).Flow(v, -9.81);
        h.Transition(fall, fall, "bounce").Guard(y <= 0.0 & v < 0.0).Reset(v, -e * v);
        h.Suggest(new Experiment { Until = 3.0, Commands = [TimedCommand.Assign(1.0, "e", 0.5)] });
    });

    [Test]
    public void An_ensemble_begins_with_what_the_model_suggests()
    {
        EnsemblePlan plan = Ball.Ensemble(size: 7, seed: 3);
        Assert.That((plan.Size, plan.Seed, plan.Until, plan.Commands.Length), Is.EqualTo((7L, 3UL, 3.0, 1)));
        Assert.That(Ball.Ensemble(size: 7, until: 4.0, useExperiment: false).Commands, Is.Empty);
        HybridAutomaton bare = Ball with { Experiment = null };
        Assert.That(() => bare.Ensemble(size: 7), Throws.TypeOf<ModelException>().With.Message.Contains("the model suggests no end time"));
    }

    [Test]
    public void Names_stand_for_what_they_are_in_the_model()
    {
        EnsemblePlan plan = Ball.Ensemble(size: 1).Record("y", every: 1.0).Record("energy - e", every: 1.0, name: "rest");
        Assert.That(plan.Recording.Grid[0], Is.EqualTo(new RecordedExpression("y", Expr.Variable(VariableKind.State, "y"))));
        Expr energy = Expr.Alias("energy", Ball.Outputs[0].Definition);
        Assert.That(plan.Recording.Grid[1], Is.EqualTo(new RecordedExpression("rest", energy - Expr.Variable(VariableKind.Parameter, "e"))));
    }

    [Test]
    public void A_text_with_an_unknown_name_is_refused_at_once()
    {
        Assert.That(() => Ball.Ensemble(size: 1).RecordFinal("1 + enrgy"), Throws.TypeOf<ModelException>().With.Message.EqualTo(
            "record.final: unknown name 'enrgy', at character 5 of '1 + enrgy'. Did you mean 'energy'? Known: e, energy, v, y."));
        Assert.That(() => Ball.Ensemble(size: 1).Require("a", v => v["x"] > 0.0), Throws.TypeOf<ModelException>().With.Message.StartsWith("ball: unknown name 'x'"));
        Assert.That(() => Ball.Ensemble(size: 1).StopWhen("a", "y"), Throws.TypeOf<ModelException>().With.Message.StartsWith("stop.a: "));
    }

    [Test]
    public void Spacings_reach_from_the_start_to_the_end()
    {
        EnsemblePlan plan = Ball.Ensemble(size: 1, until: 0.3) with { StartTime = 0.1 };
        Assert.That(plan.Record("y", every: 0.1).Recording.GridTimes, Is.EqualTo(new[] { 0.1, 0.2, 0.3 }));
        Assert.That(plan.Record("y", every: 0.15).Recording.GridTimes, Is.EqualTo(new[] { 0.1, 0.25 }));
        Assert.That(plan.Record("y", every: 0.1).Record("v", times: [0.25, 0.2]).Recording.GridTimes, Is.EqualTo(new[] { 0.1, 0.2, 0.25, 0.3 }));
        Assert.That(() => plan.Record("y", every: 0.0), Throws.TypeOf<ModelException>().With.Message.StartsWith("record.every: the spacing is 0 s"));
        Assert.That(() => plan.RecordMode(every: 1e-9), Throws.TypeOf<ModelException>().With.Message.Contains("gives 200000000 times"));
    }

    [Test]
    public void Every_sentence_leaves_the_plan_before_it_alone()
    {
        EnsemblePlan before = Ball.Ensemble(size: 1);
        EnsemblePlan after = before.Vary("e", new Uniform(0.0, 1.0)).Set("y", 1.0).RecordEvents(4);
        Assert.That(before, Is.EqualTo(Ball.Ensemble(size: 1)).And.Not.EqualTo(after));
    }
}
