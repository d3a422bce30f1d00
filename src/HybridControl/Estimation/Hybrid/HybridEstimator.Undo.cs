namespace HybridControl.Estimation;

/// <content>The hypotheses as they were before a substep.</content>
public sealed partial class HybridEstimator
{
    private readonly List<ModeHypothesis> _kept = [];
    private int _keptCount;

    // Copies the hypotheses, for a step that may find no way to go on.
    private void Keep()
    {
        while (_kept.Count < _active.Count)
        {
            _kept.Add(Rent());
        }

        _keptCount = _active.Count;
        for (int i = 0; i < _keptCount; i++)
        {
            _kept[i].CopyFrom(_active[i]);
        }
    }

    private void GiveBack()
    {
        while (_active.Count > _keptCount)
        {
            Release(_active.Count - 1);
        }

        while (_active.Count < _keptCount)
        {
            _active.Add(Rent());
        }

        for (int i = 0; i < _keptCount; i++)
        {
            _active[i].CopyFrom(_kept[i]);
        }
    }
}
