<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.40.0" styleCategories="Fields|AttributeTable">
{% include "fields.qml" %}
  <conditionalstyles>
    <rowstyles/>
    <fieldstyles>
{%- if outcomes %}
      <fieldstyle fieldname="outcome">
{%- for outcome in outcomes %}
        <style name="{{ outcome.label }}" rule="@value = '{{ outcome.value }}'" background_color="{{ outcome.fill }}" text_color="{{ outcome.text }}"/>
{%- endfor %}
      </fieldstyle>
{%- endif %}
    </fieldstyles>
  </conditionalstyles>
  <layerGeometryType>4</layerGeometryType>
</qgis>
