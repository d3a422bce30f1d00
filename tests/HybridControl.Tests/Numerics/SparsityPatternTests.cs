using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public class SparsityPatternTests
{
    [Test]
    public void Entries_come_sorted_once_and_with_the_diagonal()
    {
        var pattern = SparsityPattern.Of(4, [(2, 0), (0, 3), (2, 0), (2, 2)]);
        Assert.That(pattern.Entries(), Is.EqualTo(new[] { (0, 0), (0, 3), (1, 1), (2, 0), (2, 2), (3, 3) }));
        Assert.That((pattern.LowerBandwidth, pattern.UpperBandwidth), Is.EqualTo((2, 3)));
        Assert.That(pattern.Diagonal.ToArray(), Is.EqualTo(new[] { 0, 2, 4, 5 }));
        Assert.That((pattern.IndexOf(2, 0), pattern.IndexOf(2, 1)), Is.EqualTo((3, -1)));
    }

    [Test]
    public void A_band_and_a_full_matrix_are_what_their_names_say()
    {
        var band = SparsityPattern.Banded(5, 1, 2);
        Assert.That(band.Entries(), Is.EqualTo(SparsityPattern.Of(5, band.Entries()).Entries()));
        Assert.That((band.LowerBandwidth, band.UpperBandwidth, band.Count, band.IsDense), Is.EqualTo((1, 2, 5 + 4 + 4 + 3, false)));
        Assert.That(SparsityPattern.Dense(3).IsDense, Is.True);
        Assert.That(SparsityPattern.Dense(0).Count, Is.Zero);
    }

    [Test]
    public void A_union_holds_both()
    {
        SparsityPattern union = SparsityPattern.Of(3, [(0, 1)]).Union(SparsityPattern.Of(3, [(2, 0)]));
        Assert.That(union.Entries(), Is.EqualTo(new[] { (0, 0), (0, 1), (1, 1), (2, 0), (2, 2) }));
    }

    [Test]
    public void An_entry_outside_is_refused() =>
        Assert.That(() => SparsityPattern.Of(2, [(0, 2)]), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
