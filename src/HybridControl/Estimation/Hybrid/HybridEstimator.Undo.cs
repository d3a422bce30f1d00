namespace HybridControl.Estimation;

/// <content>The hypotheses as they were before a substep.</content>
public sealed partial class HybridEstimator
{
    private readonly List<ModeHypothesis> _kept = [];
    private int _keptCount;
    private bool _isStuck;

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

    // Keeps the hypotheses, for jumps at the present time.
    private void BeginInstant()
    {
        _endless = 0.0;
        Keep();
    }

    // Takes the jumps back if they have no end; predictions say so until something else is set or commanded.
    private void EndInstant()
    {
        _isStuck = !Tidy() || _endless > MostEndless;
        if (_isStuck)
        {
            GiveBack();
        }

        Report();
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
