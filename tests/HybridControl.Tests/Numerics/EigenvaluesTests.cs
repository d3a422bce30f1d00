using System.Numerics;
using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public class EigenvaluesTests
{
    [Test]
    public void Companion_matrix_has_the_roots_of_its_polynomial()
    {
        // (z - 2)(z^2 - 2 z + 5) = z^3 - 4 z^2 + 9 z - 10.
        Complex[] roots = Eigenvalues.Of([4, -9, 10, 1, 0, 0, 0, 1, 0], 3);
        Assert.Multiple(() =>
        {
            Assert.That(roots.Select(root => root.Real).Order(), Is.EqualTo(new[] { 1.0, 1.0, 2.0 }).Within(1e-12));
            Assert.That(roots.Select(root => root.Imaginary).Order(), Is.EqualTo(new[] { -2.0, 0.0, 2.0 }).Within(1e-12));
        });
    }
}
