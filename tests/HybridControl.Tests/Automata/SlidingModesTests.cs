using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Serialization;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Automata;

/// <summary>What may slide, what is refused and why, and what a model with sliding modes looks like.</summary>
public class SlidingModesTests
{
    [Test]
    public void Everything_that_cannot_slide_is_told_at_once()
    {
        string refused = RefusalOf(h =>
        {
            var (x, u) = (h.State("x"), h.Input("u", new RampSignal(0.0, 1.0, 0.0, 1.0)));
            var code = h.Mode("code").Flow((double t, ReadOnlySpan<double> s, ReadOnlySpan<double> d, Span<double> r) => r[0] = -1.0);
            var (up, down, timed) = (h.Mode("up").Flow(x, 1.0), h.Mode("down").Flow(x, -1.0), h.Mode("timed").Flow(x, -1.0));
            h.Transition(up, down).Guard(x >= 1.0);
            h.Transition(down, up).Guard(x <= -1.0);
            h.Transition(down, code).Guard(x <= -2.0);
            h.Transition(code, down).Guard(x >= -2.0);
            h.Transition(up, timed).Guard(x >= 3.0);
            h.Transition(timed, up).Guard(x <= 3.0);
            h.Transition(timed, up, "timeout").After(1.0);
            h.Transition(down, timed).Guard(x >= u + 7.0);
            h.Transition(timed, down).Guard(x <= u + 7.0);
            h.Sliding(up, down);
            h.Sliding(down, code);
            h.Sliding(up, timed);
            h.Sliding(down, timed);
            h.Sliding(up);
            h.Sliding(up, down, timed);
            h.Sliding(new SlidingModes("up", "nowhere") { Pull = -1.0 });
        });
        Assert.That(refused, Does.Contain("sliding[0]: 'up' and 'down' do not hand over"));
        Assert.That(refused, Does.Contain("sliding[1]: the mode 'code' has a delegate flow"));
        Assert.That(refused, Does.Contain("sliding[2]: the timer of 'timeout'"));
        Assert.That(refused, Does.Contain("sliding[3]: the surface between 'down' and 'timed' moves with the input 'u'"));
        Assert.That(refused, Does.Contain("sliding[4]: the flow of 'up' makes no choice"));
        Assert.That(refused, Does.Contain("sliding[5].modes: 3 modes"));
        Assert.That(refused, Does.Contain("unknown mode 'nowhere'").And.Contain("the pull is -1"));
    }

    [Test]
    public void Noise_does_not_slide()
    {
        HybridAutomaton relay = Relay();
        HybridAutomaton plain = relay with
        {
            Modes = [.. relay.Modes.Take(3)],
            Transitions = [.. relay.Transitions.Where(t => !t.From.StartsWith("slide", StringComparison.Ordinal) && !t.To.StartsWith("slide", StringComparison.Ordinal))],
            WienerProcesses = [new WienerProcess("W")],
        };
        HybridAutomaton noisy = plain with
        {
            Modes = plain.Modes.SetItem(0, plain.Modes[0] with { Diffusion = [new DiffusionTerm("x", "W", 0.1)] }),
        };
        string refused = Assert.Throws<ModelException>(() => noisy.WithSliding(new SlidingModes("above", "below")))!.Message;
        Assert.That(refused, Does.Contain("driven by noise"));
        Assert.That(noisy.WithAllSliding(), Is.EqualTo(noisy));
    }

    [Test]
    public void A_file_keeps_the_declaration_and_reads_back_equal()
    {
        HybridAutomaton model = Relay();
        string text = ModelFile.Write(model);
        Assert.That(text, Does.Contain("\"sliding\"").And.Not.Contain("slide("));
        Assert.That(ModelFile.Parse(text), Is.EqualTo(model));

        // Changed afterwards, it is written as it stands.
        HybridAutomaton changed = model with { Name = "changed" };
        text = ModelFile.Write(changed);
        Assert.That(text, Does.Contain("slide(above,below)"));
        Assert.That(ModelFile.Parse(text), Is.EqualTo(changed));
    }

    [Test]
    public void Other_transitions_and_invariants_hold_while_sliding()
    {
        HybridAutomaton model = Relay();
        Mode slide = model.Mode("slide(above,below)");
        Assert.That(slide.Invariants.Select(invariant => invariant.Condition.ToString()), Is.EqualTo(new[] { "y <= 9" }));
        Assert.That(model.Transitions.Where(t => t.From == slide.Name).Select(t => t.To), Is.EquivalentTo(new[] { "above", "below", "off" }));
    }

    [Test]
    public void What_is_declared_twice_is_added_once()
    {
        HybridAutomaton twice = Relay().WithSliding(new SlidingModes("above", "below"));
        Assert.That(twice, Is.EqualTo(Relay()));
        ModelException refusal = Assert.Throws<ModelException>(() => Relay().WithSliding(new SlidingModes("below", "above")))!;
        Assert.That(refusal.Message, Does.Contain("the other way round"));
    }

    [Test]
    public void Finding_all_leaves_what_cannot_slide_as_it_is()
    {
        HybridAutomaton plain = HybridAutomaton.Build("hysteresis", h =>
        {
            var x = h.State("x");
            var (up, down) = (h.Mode("up").Flow(x, 1.0), h.Mode("down").Flow(x, -1.0));
            h.Transition(up, down).Guard(x >= 1.0);
            h.Transition(down, up).Guard(x <= -1.0);
        });
        Assert.That(plain.WithAllSliding(), Is.EqualTo(plain));
    }

    private static HybridAutomaton Relay() => HybridAutomaton.Build("relay", h =>
    {
        var (x, y) = (h.State("x", initial: 1.0), h.State("y"));
        var above = h.Mode("above").Flow((x, y), (-1.0, 1.0)).Invariant(x >= 0.0 & y <= 9.0);
        var below = h.Mode("below").Flow((x, y), (2.0, 1.0)).Invariant(x <= 0.0).Invariant(y <= 9.0);
        var off = h.Mode("off");
        h.Transition(above, below).Guard(x <= 0.0);
        h.Transition(below, above).Guard(0.0 <= 2.0 * x);
        h.Transition(above, off).Guard(y >= 8.0);
        h.Transition(below, off).Guard(y >= 8.0);
        h.Sliding(above, below);
    });

    private static string RefusalOf(Action<AutomatonBuilder> build) =>
        Assert.Throws<ModelException>(() => HybridAutomaton.Build("model", build))!.Message;
}
