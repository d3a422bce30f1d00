using HybridControl.Solvers;

namespace HybridControl.Tests.Solvers;

public class SolverCatalogTests
{
    [TestCaseSource(typeof(SolverCatalog), nameof(SolverCatalog.Names))]
    public void A_method_has_the_name_by_which_it_is_made(string name) =>
        Assert.That(SolverCatalog.Create(name).Name, Is.EqualTo(name));

    [Test]
    public void Every_method_is_in_the_catalog()
    {
        IEnumerable<Type> methods = typeof(Solver).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Solver)) && !type.IsAbstract);
        Assert.That(SolverCatalog.Names.Select(name => SolverCatalog.Create(name).GetType()), Is.EquivalentTo(methods));
    }
}
