using HybridControl.Automata;
using HybridControl.Automata.Networks;
using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Automata;

public sealed class AlgebraicCheckTests
{
    [Test]
    public void An_equation_need_not_contain_its_own_variable() => Assert.That(AutomatonValidator.Validate(Model((h, m) =>
    {
        (Expr y, Expr z) = (h.Algebraic("y"), h.Algebraic("z"));
        m.Equation(y, z, 1.0).Equation(z, y + z, 2.0);
    })), Is.Empty);

    [Test]
    public void A_pendulum_with_its_length_as_the_equation_is_refused_with_the_remedy()
    {
        Finding finding = Refused((h, m) =>
        {
            (Expr x, Expr y) = (h.State("x", 1.0), h.State("y"));
            (Expr vx, Expr vy) = (h.State("vx"), h.State("vy"));
            Expr force = h.Algebraic("force");
            m.Flow((x, y, vx, vy), (vx, vy, -force * x, -force * y - 9.81)).Equation(force, Expr.Square(x) + Expr.Square(y), 1.0);
        });
        Assert.That(finding.Where, Is.EqualTo("modes.m.equations.force"));
        Assert.That(finding.What, Does.Contain("'x^2 + y^2 = 1' contains no algebraic variable").And.Contain("index is above 1"));
        Assert.That(finding.Mend, Does.Contain("Differentiate it by time"));
    }

    [Test]
    public void Equations_for_too_few_variables_are_named_together()
    {
        Finding finding = Refused((h, m) =>
        {
            (Expr a, Expr b, Expr c, Expr d) = (h.Algebraic("a"), h.Algebraic("b"), h.Algebraic("c"), h.Algebraic("d"));
            m.Equation(a, a + b, 1.0).Equation(b, a * b, 1.0).Equation(c, a - b, 1.0).Equation(d, d, c);
        });
        Assert.That(finding.What, Does.StartWith("the equations of 'a', 'b', 'c' determine only 'a', 'b', and too few are left for 'c', 'd'"));
    }

    [Test]
    public void What_cancels_is_no_occurrence() => Assert.That(Refused((h, m) =>
    {
        Expr z = h.Algebraic("z");
        m.Equation(z, z - z, 1.0);
    }).What, Does.Contain("contains no algebraic variable"));

    [Test]
    public void A_model_with_many_faults_names_all()
    {
        AssertRefusedAt(
            (h, m) =>
            {
                (Expr x, Expr y, Expr z) = (h.State("x"), h.Algebraic("y"), h.Algebraic("z"));
                m.Flow(z, x).Equation(y, y, 1.0).Equation(y, y, 2.0).Equation(x, x, y).Mass(x, z, 1.0).Mass(x, x, h.Time).Mass(x, x, 2.0).Diffusion(x, 1.0);
            },
            "modes.m.flow.z", "modes.m.diffusion.x", "modes.m.equations.y", "modes.m.equations.x", "modes.m.equations.z", "modes.m.mass.x.z",
            "modes.m.mass.x.x", "modes.m.mass.x.x");
    }

    [Test]
    public void Modes_of_a_delegate_flow_have_no_equations() => Assert.That(Refused((h, m) =>
    {
        Expr z = h.Algebraic("z");
        m.Flow((_, _, _, slopes) => slopes.Clear()).Equation(z, z, 1.0);
    }).What, Does.Contain("a delegate flow cannot be solved together with algebraic equations"));

    [Test]
    public void A_mode_inside_takes_equations_over_and_replaces_them()
    {
        HybridAutomaton model = HybridAutomaton.Build("nested", h =>
        {
            (Expr x, Expr y, Expr z) = (h.State("x"), h.Algebraic("y"), h.Algebraic("z"));
            ModeBuilder outer = h.Mode("outer").Equation(y, y, x).Equation(z, z, x).Mass(x, x, 2.0);
            outer.Mode("inner").Equation(z, z, 2.0 * x);
            outer.Mode("other").Mass(x, x, 3.0);
        });
        Assert.That(model.Mode("outer.inner").Equations.Select(equation => equation.ToString()), Is.EqualTo(["z = 2 * x", "y = x"]));
        Assert.That(model.Mode("outer.other").Mass.Single().Value.Value, Is.EqualTo(3.0));
        Assert.That(model.Mode("outer.inner").Mass.Single().Value.Value, Is.EqualTo(2.0));
    }

    [Test]
    public void A_network_refuses_a_component_with_equations()
    {
        HybridAutomaton part = Model((h, m) =>
        {
            Expr z = h.Algebraic("z");
            m.Equation(z, z, 1.0);
        });
        var refusal = Assert.Throws<ModelException>(() => AutomatonNetwork.Build("net", n =>
        {
            n.Component("a", part);
            n.Component("b", part);
        }).Compose())!;
        Assert.That(refusal.Findings.Select(finding => finding.Where), Does.Contain("components.a.modes.m").And.Contain("components.b.modes.m"));
    }

    [Test]
    public void A_mode_with_equations_does_not_slide()
    {
        HybridAutomaton model = HybridAutomaton.Build("relay", h =>
        {
            (Expr x, Expr z) = (h.State("x", 1.0), h.Algebraic("z"));
            ModeBuilder up = h.Mode("up").Flow(x, z).Equation(z, z, 1.0);
            ModeBuilder down = h.Mode("down").Flow(x, z).Equation(z, z, -1.0);
            h.Transition(up, down).Guard(x >= 0.0);
            h.Transition(down, up).Guard(x <= 0.0);
        });
        Assert.That(model.WithAllSliding().Modes, Has.Length.EqualTo(2));
        var refusal = Assert.Throws<ModelException>(() => model.WithSliding(new SlidingModes("up", "down")))!;
        Assert.That(refusal.Message, Does.Contain("the mode 'up' has algebraic equations or a mass matrix, whose flow cannot be mixed"));
    }

    private static HybridAutomaton Model(Action<AutomatonBuilder, ModeBuilder> build) =>
        HybridAutomaton.Build("model", h => build(h, h.Mode("m")));

    private static Finding Refused(Action<AutomatonBuilder, ModeBuilder> build) =>
        Assert.Throws<ModelException>(() => Model(build))!.Findings.Single();

    private static void AssertRefusedAt(Action<AutomatonBuilder, ModeBuilder> build, params string[] places) => Assert.That(
        Assert.Throws<ModelException>(() => Model(build))!.Findings.Select(finding => finding.Where), Is.EqualTo(places));
}
